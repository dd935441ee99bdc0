// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The order of a pass is a permutation that depends on seed, purpose, pass and number of samples,
 * and on nothing else: each sample keeps its place among the others when more are added.
 */
class SampleOrderTest {
  private static final long SEED = 5;

  @Test
  void itIsAPermutation() {
    for (int samples : new int[] {0, 1, 2, 127, 128, 1080}) {
      int[] order = of(1, samples);
      Arrays.sort(order);
      assertArrayEquals(IntStream.range(0, samples).toArray(), order, samples + " samples");
    }
  }

  @Test
  void passesSeedsAndPurposesDiffer() {
    TreeSet<String> orders = new TreeSet<>();
    for (int pass = 0; pass < 20; pass++) {
      orders.add(Arrays.toString(of(pass, 50)));
      orders.add(Arrays.toString(SampleOrder.of(SEED, Philox.CORRECTION_ORDER, pass, 50)));
      orders.add(Arrays.toString(SampleOrder.of(SEED + 1, Philox.SAMPLE_ORDER, pass, 50)));
    }
    assertEquals(60, orders.size());
  }

  @Test
  void askingAgainOrInAnotherOrderGivesTheSame() {
    int[] third = of(3, 100);
    of(9, 100);
    of(1, 7);
    assertArrayEquals(third, of(3, 100));
  }

  @Test
  void aSamplesKeyIsItsOwn() {
    int[] few = of(4, 60);
    int[] many = Arrays.stream(of(4, 200)).filter(sample -> sample < 60).toArray();
    assertArrayEquals(few, many);
  }

  @Test
  void everyPlaceIsTakenByManySamples() {
    int samples = 10;
    List<TreeSet<Integer>> seen =
        IntStream.range(0, samples).mapToObj(i -> new TreeSet<Integer>()).toList();
    for (int pass = 0; pass < 100; pass++) {
      int[] order = of(pass, samples);
      IntStream.range(0, samples).forEach(place -> seen.get(place).add(order[place]));
    }
    seen.forEach(place -> assertTrue(place.size() == samples, place + ", seed " + SEED));
  }

  private static int[] of(int pass, int samples) {
    return SampleOrder.of(SEED, Philox.SAMPLE_ORDER, pass, samples);
  }
}
