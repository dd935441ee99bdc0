// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.data.Dataset;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.Split;
import dev.unerring.images.Montage;
import dev.unerring.twins.TwinPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Pairs of twins side by side: those with other labels first, framed red. */
final class TwinMontage {
  private static final int SHOWN = 60;
  private static final int PAIRS_A_ROW = 3;
  private static final int OTHER_LABEL = 0xE02020;
  private static final int SAME_LABEL = 0x808080;

  /** About as many pixels as a picture should have on a screen. */
  private static final int WANTED_SIDE = 112;

  private static final int LONGEST_LABELS = 24;

  private TwinMontage() {}

  /**
   * Writes the picture.
   *
   * @return a line that says what was written, and how many pairs it shows
   */
  static String write(Path png, Dataset dataset, List<TwinPair> pairs) {
    if (pairs.isEmpty()) {
      return "no twins: " + png + " is not written";
    }
    List<TwinPair> shown = new ArrayList<>(pairs);
    shown.sort(Comparator.comparing(TwinPair::sameLabel)); // stable: else as in the list
    List<Montage.Tile> tiles = new ArrayList<>();
    for (TwinPair pair : shown.subList(0, Math.min(SHOWN, shown.size()))) {
      tiles.add(tile(dataset, pair, pair.first(), ""));
      tiles.add(tile(dataset, pair, pair.second(), how(pair)));
    }
    int side = Math.max(dataset.imageShape().h(), dataset.imageShape().w());
    Montage.write(png, tiles, 2 * PAIRS_A_ROW, Math.clamp(WANTED_SIDE / side, 1, 8));
    return "written: " + png + " (" + tiles.size() / 2 + " of " + pairs.size() + " pairs)";
  }

  private static String how(TwinPair pair) {
    return switch (pair.kind()) {
      case IDENTICAL -> "identical";
      case FLIPPED -> pair.transform();
      default -> String.format(Locale.ROOT, "r %.4f", pair.correlation());
    };
  }

  private static Montage.Tile tile(
      Dataset dataset, TwinPair pair, LabelledSample sample, String how) {
    Split split =
        dataset.splits().stream()
            .filter(each -> each.name().equals(sample.split()))
            .findFirst()
            .orElseThrow();
    String labels = sample.labels().stream().map(String::valueOf).collect(Collectors.joining(" "));
    String caption =
        sample.place()
            + " label "
            + labels.substring(0, Math.min(LONGEST_LABELS, labels.length()))
            + (how.isEmpty() ? "" : " " + how);
    long start = (long) sample.sampleIndex() * split.imageBytes();
    return new Montage.Tile(
        dataset.imageShape(),
        split.images().asSlice(start, split.imageBytes()),
        caption,
        pair.sameLabel() ? SAME_LABEL : OTHER_LABEL);
  }
}
