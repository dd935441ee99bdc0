// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.errors.Labels;
import dev.unerring.network.Patches;

/**
 * What has to be added to the clamped logits of a sample so that it answers its goal labels with a
 * margin of at least 1 (docs/repair.md).
 */
final class Lift {
  /** Margin that is aimed at; rounding takes less than 1 of it. */
  private static final double AIM = 2.0;

  private Lift() {}

  /**
   * One number a logit; zero where nothing has to change.
   *
   * @param logits [samples][classes]
   */
  static float[] of(Labels goals, float[] logits, int sample) {
    int classes = logits.length / goals.samples();
    float[] clamped = new float[classes];
    for (int j = 0; j < classes; j++) {
      clamped[j] = Patches.clamp(logits[sample * classes + j]);
    }
    float[] lift = new float[classes];
    if (!goals.multiLabel()) {
      int goal = goals.values()[sample];
      double others = -Patches.BOUND;
      for (int j = 0; j < classes; j++) {
        others = j == goal ? others : Math.max(others, clamped[j]);
      }
      lift[goal] = (float) Math.max(0.0, others - clamped[goal] + AIM);
      return lift;
    }
    for (int j = 0; j < classes; j++) {
      int goal = goals.values()[sample * classes + j];
      if (!(goals.margin(logits, sample, j) > 0)) {
        double wanted = goal == 1 ? AIM - clamped[j] : -AIM - clamped[j];
        lift[j] = (float) wanted;
      }
    }
    return lift;
  }
}
