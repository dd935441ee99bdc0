// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import dev.unerring.UsageException;
import dev.unerring.base.Philox;
import dev.unerring.data.Fit;
import java.util.Arrays;

/**
 * Which picture each sample of a synthetic set shows: its own, but for planted duplicates, which
 * show that of a training sample. Samples are numbered through train, val and test; that number is
 * the serial number of a sample's own picture. No sample takes part in two plantings.
 */
final class SyntheticPictures {
  private static final int PLANTING_STREAM = Philox.SYNTHETIC_SET + 3;

  /** Every so many conflicts, three samples are identical instead of two. */
  private static final int TRIPLE = 4;

  /** Whether a sample may show the picture of an original, both given by their labels. */
  private interface Fit {
    boolean test(int originalLabel, int label);
  }

  private final int[] labels;
  private final int[] shown;
  private final boolean[] altered;
  private final boolean[] taken;
  private final int[][] orders = new int[3][];

  /**
   * Plants what the plan asks for.
   *
   * @param labels of all samples; of several labels, as bits
   * @throws UsageException when there are too few samples for it
   */
  SyntheticPictures(SyntheticPlan plan, int[] labels) {
    this.labels = labels;
    shown = new int[labels.length];
    Arrays.setAll(shown, i -> i);
    altered = new boolean[labels.length];
    taken = new boolean[labels.length];
    int first = 0;
    for (int split = 0; split < orders.length; split++) {
      int start = first;
      int count = plan.samples().get(split);
      int[] order = SyntheticLabels.order(plan.key(), PLANTING_STREAM, split, count);
      orders[split] = Arrays.stream(order).map(i -> start + i).toArray();
      first += count;
    }
    Fit same = (original, label) -> label == original;
    Fit other = (original, label) -> label != original;
    Fit contrary =
        (original, label) ->
            original < label && (!plan.multiLabel() || Integer.bitCount(original ^ label) == 1);
    for (int i = 0; i < plan.conflicts(); i++) {
      int sample = plant(0, contrary, "conflicts");
      if (i % TRIPLE == TRIPLE - 1) {
        show(partner(0, shown[sample], same), shown[sample]);
      }
    }
    for (int i = 0; i < plan.twins(); i++) {
      altered[plant(i % 2 == 0 ? 0 : 2, same, "twins")] = true;
    }
    for (int i = 0; i < plan.copies(); i++) {
      plant(1 + i % 2, i / 2 % 2 == 0 ? same : other, "copies");
    }
  }

  /** The sample whose own picture a sample shows. */
  int shown(int sample) {
    return shown[sample];
  }

  /** Whether a sample shows its picture slightly altered. */
  boolean altered(int sample) {
    return altered[sample];
  }

  /** Makes a free sample of {@code split} show the picture of a free training sample. */
  private int plant(int split, Fit fit, String what) {
    for (int original : orders[0]) {
      if (!taken[original]) {
        taken[original] = true;
        int sample = partner(split, original, fit);
        if (sample >= 0) {
          show(sample, original);
          return sample;
        }
        taken[original] = false;
      }
    }
    throw new UsageException(
        "there are too few samples with fitting labels for that many " + what + "; plant fewer");
  }

  private int partner(int split, int original, Fit fit) {
    for (int sample : orders[split]) {
      if (!taken[sample] && fit.test(labels[original], labels[sample])) {
        return sample;
      }
    }
    return -1;
  }

  private void show(int sample, int original) {
    if (sample >= 0) {
      taken[sample] = true;
      shown[sample] = original;
    }
  }
}
