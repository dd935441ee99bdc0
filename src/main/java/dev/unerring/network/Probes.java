// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The few pixels of some images that are compared first, because there the images differ most among
 * themselves: most comparisons of two images end at one of them. They change no result.
 *
 * @param places of the pixels in an image, those with the largest variance first
 * @param values [images][places] of unsigned bytes
 */
public record Probes(int[] places, byte[] values) {
  private static final int MOST = 16;

  /** Images whose variance decides. */
  private static final int SAMPLED = 4096;

  /**
   * Chooses the pixels.
   *
   * @param images unsigned bytes, one image after another
   */
  public Probes(byte[] images, int count) {
    this(places(images, count), count, images);
  }

  private Probes(int[] places, int count, byte[] images) {
    this(places, values(places, count, images));
  }

  private static int[] places(byte[] images, int count) {
    int elements = count == 0 ? 0 : images.length / count;
    int step = Math.max(1, count / SAMPLED);
    int sampled = count == 0 ? 0 : (count - 1) / step + 1;
    long[] sums = new long[elements];
    long[] variance = new long[elements];
    for (int n = 0; n < count; n += step) {
      for (int i = 0; i < elements; i++) {
        int v = images[n * elements + i] & 0xFF;
        sums[i] += v;
        variance[i] += (long) sampled * v * v;
      }
    }
    for (int i = 0; i < elements; i++) {
      variance[i] -= sums[i] * sums[i];
    }
    return IntStream.range(0, elements)
        .boxed()
        .sorted(Comparator.<Integer>comparingLong(i -> -variance[i]).thenComparingInt(i -> i))
        .limit(MOST)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static byte[] values(int[] places, int count, byte[] images) {
    int elements = count == 0 ? 0 : images.length / count;
    byte[] values = new byte[count * places.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = images[i / places.length * elements + places[i % places.length]];
    }
    return values;
  }
}
