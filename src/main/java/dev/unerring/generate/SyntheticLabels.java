// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import dev.unerring.base.Philox;
import dev.unerring.data.ClassBalance;
import dev.unerring.data.DatasetManifest;
import java.util.Arrays;

/**
 * The labels of a synthetic set: exact numbers by the class balance, in random order. A label is a
 * class, or the labels of a multi-label sample as bits.
 */
final class SyntheticLabels {
  private static final int LABEL_STREAM = Philox.SYNTHETIC_SET + 2;

  private SyntheticLabels() {}

  /** The labels of one split (0 train, 1 val, 2 test), by sampleIndex. */
  static int[] of(SyntheticPlan plan, int split) {
    DatasetManifest manifest = plan.manifest();
    int samples = plan.samples().get(split);
    int whole = new int[] {manifest.train(), manifest.val(), manifest.test()}[split];
    int[] counts = ClassBalance.of(manifest).scaled(split, samples, whole, plan.multiLabel());
    int[] labels = new int[samples];
    int[] order = null;
    int next = 0;
    for (int k = 0; k < counts.length; k++) {
      if (plan.multiLabel() || order == null) {
        order = order(plan.key(), LABEL_STREAM, split * 64 + k, samples);
        next = 0;
      }
      for (int i = 0; i < counts[k]; i++) {
        labels[order[next++]] |= plan.multiLabel() ? 1 << k : k;
      }
    }
    return labels;
  }

  /** The numbers 0 to count - 1 in an order that (seed, purpose, epoch) determines. */
  static int[] order(long seed, int purpose, int epoch, int count) {
    long[] keys = new long[count];
    for (int i = 0; i < count; i++) {
      keys[i] = Philox.bits64(seed, purpose, epoch, i) / SyntheticPlan.MAX_SAMPLES;
      keys[i] = keys[i] * SyntheticPlan.MAX_SAMPLES + i;
    }
    Arrays.sort(keys);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = Math.floorMod(keys[i], SyntheticPlan.MAX_SAMPLES);
    }
    return order;
  }
}
