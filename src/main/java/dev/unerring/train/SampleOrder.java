// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.base.Philox;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The order of the samples in one pass: by a 64-bit random key, then by sampleIndex. */
public final class SampleOrder {
  private SampleOrder() {}

  /**
   * A permutation of 0..samples-1.
   *
   * @param purpose {@link Philox#SAMPLE_ORDER}, {@link Philox#CORRECTION_ORDER} or {@link
   *     Philox#FOCUS_ORDER}
   * @param pass number of the epoch or sweep
   */
  public static int[] of(long seed, int purpose, int pass, int samples) {
    return of(seed, purpose, pass, IntStream.range(0, samples).toArray());
  }

  /**
   * Some numbers in the order of their keys, equal keys as they are given.
   *
   * @param numbers ascending; the key of each goes by itself, not by its place
   */
  public static int[] of(long seed, int purpose, int pass, int[] numbers) {
    int samples = numbers.length;
    long[] keys = new long[samples];
    Integer[] order = new Integer[samples];
    for (int i = 0; i < samples; i++) {
      keys[i] = Philox.bits64(seed, purpose, pass, numbers[i]);
      order[i] = i;
    }
    Arrays.sort(
        order,
        (a, b) -> {
          int byKey = Long.compareUnsigned(keys[a], keys[b]);
          return byKey != 0 ? byKey : Integer.compare(a, b);
        });
    int[] result = new int[samples];
    for (int i = 0; i < samples; i++) {
      result[i] = numbers[order[i]];
    }
    return result;
  }
}
