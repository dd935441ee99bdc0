// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.list;
import static dev.unerring.export.RunRecords.number;
import static dev.unerring.export.RunRecords.text;

import dev.unerring.data.Dataset;
import dev.unerring.data.LabelledSample;
import dev.unerring.twins.TwinAudit;
import dev.unerring.twins.TwinPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Images of one split that are, or nearly are, in another one. */
final class Twins {
  private static final int SHOWN = 12;

  private Twins() {}

  /** Of a run: the identical ones by its audit; in a thorough look the near ones too. */
  static void write(Html html, Look look) {
    html.p(
        "A test image that is also a training image, or nearly one, says little about new images:"
            + " figures without such images are those of 'unerring evaluate'.");
    identical(html, look);
    Optional<Dataset> data = look.data();
    if (look.thorough() && data.isPresent() && TwinAudit.isShort(data.get())) {
      near(html, look, TwinAudit.of(data.get(), look.monitor()));
    } else {
      html.p("Near-twins were not searched here; 'unerring audit --deep' finds them.");
    }
  }

  /** Groups of identical images in several splits, by the audit. */
  static void identical(Html html, Look look) {
    List<List<Map<?, ?>>> groups = new ArrayList<>();
    for (Object group : list(look.audit(), "identicalImages")) {
      List<Map<?, ?>> members = new ArrayList<>();
      ((List<?>) group).forEach(each -> members.add((Map<?, ?>) each));
      if (members.stream().map(each -> text(each, "split")).distinct().count() > 1) {
        groups.add(members);
      }
    }
    html.p("Groups of identical images in more than one split: %d.", groups.size());
    html.open("ul", "class", "samples");
    for (List<Map<?, ?>> group : groups.subList(0, Math.min(SHOWN, groups.size()))) {
      html.open("li").open("div", "class", "pair");
      for (Map<?, ?> each : group.subList(0, Math.min(SHOWN, group.size()))) {
        String split = text(each, "split");
        int index = (int) number(each, "sampleIndex");
        PictureSections.figure(
            html, look, split, index, List.of(split + "[" + index + "]", look.labels(each)));
      }
      html.close().close();
    }
    html.close();
  }

  private static void near(Html html, Look look, TwinAudit twins) {
    List<TwinPair> pairs =
        twins.nearPairs().stream()
            .filter(pair -> !pair.first().split().equals(pair.second().split()))
            .toList();
    html.p(
        "Different images in two splits with a correlation of at least %s: %d.",
        TwinAudit.NEAR, pairs.size());
    pairs(html, look, pairs.subList(0, Math.min(SHOWN, pairs.size())));
  }

  /** Pairs side by side. */
  static void pairs(Html html, Look look, List<TwinPair> pairs) {
    html.open("ul", "class", "samples");
    for (TwinPair pair : pairs) {
      html.open("li").open("div", "class", "pair");
      for (LabelledSample each : List.of(pair.first(), pair.second())) {
        PictureSections.figure(
            html,
            look,
            each.split(),
            each.sampleIndex(),
            List.of(each.place(), look.labels(each.labels())));
      }
      html.close();
      String how =
          Double.isNaN(pair.correlation())
              ? pair.transform()
              : "r " + FigureSections.figure(pair.correlation());
      html.p(how + (pair.sameLabel() ? "" : "; labels differ")).close();
    }
    html.close();
  }
}
