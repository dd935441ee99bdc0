// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.errors.Costs;
import dev.unerring.errors.Labels;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Weights go by the mean cost of a row and have the mean 1; what is missed doubles its class. */
class SampleWeightsTest {
  private static final Labels GOALS = Labels.single(0, 0, 0, 1);
  private static final int[] ALL = {0, 1, 2, 3};

  @Test
  void byTheRowWithMeanOne() {
    Costs costs = Costs.weighted(List.of(1.0, 5.0), -1);
    assertArrayEquals(
        new float[] {0.5f, 0.5f, 0.5f, 2.5f}, of(SampleWeights.of(costs, GOALS), ALL));
    Costs three =
        new Costs(
            List.of(List.of(0.0, 1.0, 3.0), List.of(4.0, 0.0, 0.0), List.of(2.0, 2.0, 0.0)), -1);
    SampleWeights equal = SampleWeights.of(three, Labels.single(0, 1, 2, 1, 0));
    assertArrayEquals(new float[] {1, 1, 1}, of(equal, 0, 1, 2));
  }

  @Test
  void theClassNeverToMissDoublesUntilNoneIsMissed() {
    SampleWeights weights = SampleWeights.of(Costs.uniform(2, 1), GOALS);
    assertArrayEquals(new float[] {0.8f, 0.8f, 0.8f, 1.6f}, of(weights, ALL));
    weights.after(0);
    assertEquals(1.6f, of(weights, ALL)[3]);
    weights.after(1);
    assertEquals(4 * (4.0f / 7), of(weights, ALL)[3], 1e-6f);
    for (int i = 0; i < 100; i++) {
      weights.after(1);
    }
    assertEquals(1024.0, of(weights, ALL)[3] / of(weights, ALL)[0], 1e-3);
  }

  @Test
  void withoutCostsThereAreNone() {
    assertTrue(SampleWeights.of(Costs.NONE, GOALS).none());
  }

  private static float[] of(SampleWeights weights, int... samples) {
    float[] all = new float[samples.length];
    weights.of(samples, all);
    return all;
  }
}
