// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.ParallelWork;
import dev.unerring.data.Samples;
import java.util.Arrays;

/**
 * The correlation of pixel values (all positions and channels of one image with those of another)
 * in integers, without rounding. Values are taken minus 128, which changes no correlation and keeps
 * every sum of an image of up to 2^24 bytes below 2^63.
 */
final class Correlation {
  private static final int CENTRE = 128;

  /** Products of two values are at most 2^14: sums of this many fit an int. */
  private static final int PIECE = 1 << 16;

  private static final int UNIT = 256;

  /** Bytes of unpacked images that one {@link Reader} keeps. */
  private static final int KEPT_BYTES = 8 << 20;

  private final Samples samples;
  private final long[] sums;
  private final long[] variances;

  Correlation(Samples samples, int threads, WorkMonitor monitor) {
    this.samples = samples;
    this.sums = new long[samples.size()];
    this.variances = new long[samples.size()];
    int units = (samples.size() + UNIT - 1) / UNIT;
    new ParallelWork("computing means and variances", units, unit -> 1)
        .run(
            threads,
            monitor,
            () -> {
              Reader reader = new Reader();
              return unit -> {
                int end = Math.min(samples.size(), (unit + 1) * UNIT);
                for (int i = unit * UNIT; i < end; i++) {
                  reader.summarize(i);
                }
              };
            });
  }

  Samples samples() {
    return samples;
  }

  /** Whether all values of an image are equal: it has no correlation with any. */
  boolean constant(int image) {
    return variances[image] == 0;
  }

  /** The sum of an image's values minus 128. */
  long sum(int image) {
    return sums[image];
  }

  /** n * sum(xx) - sum(x)^2. */
  long variance(int image) {
    return variances[image];
  }

  boolean reached(CorrelationBound bound, long product, int a, int b) {
    return bound.reached(product, variances[a], variances[b]);
  }

  double value(long product, int a, int b) {
    return Math.min(1.0, CorrelationBound.correlation(product, variances[a], variances[b]));
  }

  /** Reads images for one thread, and keeps some of them unpacked. */
  final class Reader {
    private final byte[] bytes = new byte[samples.imageBytes()];
    private final int[][] kept =
        new int[Math.clamp(KEPT_BYTES / 4 / samples.imageBytes(), 2, 4096)][];
    private final int[] owners = new int[kept.length];
    private final int[] own = new int[samples.imageBytes()];
    private int ownImage = -1;

    Reader() {
      Arrays.fill(owners, -1);
    }

    /** Values minus 128 of an image that stays while others are compared with it. */
    private int[] own(int image) {
      if (ownImage != image) {
        unpack(image, own);
        ownImage = image;
      }
      return own;
    }

    /** Values minus 128; good until the next call. */
    int[] values(int image) {
      int slot = image % kept.length;
      if (owners[slot] != image) {
        kept[slot] = kept[slot] == null ? new int[bytes.length] : kept[slot];
        unpack(image, kept[slot]);
        owners[slot] = image;
      }
      return kept[slot];
    }

    private void unpack(int image, int[] values) {
      samples.copy(image, bytes);
      for (int i = 0; i < values.length; i++) {
        values[i] = (bytes[i] & 0xFF) - CENTRE;
      }
    }

    private void summarize(int image) {
      int[] x = own(image);
      long sum = 0;
      for (int start = 0; start < x.length; start += PIECE) {
        sum += sum(x, start, Math.min(x.length, start + PIECE));
      }
      sums[image] = sum;
      variances[image] = x.length * sumOfProducts(x, x) - sum * sum;
    }

    /** n * sum(xy) - sum(x) * sum(y); quick for many {@code b} after one another. */
    long product(int a, int b) {
      return bytes.length * sumOfProducts(own(a), values(b)) - sums[a] * sums[b];
    }
  }

  private static long sumOfProducts(int[] x, int[] y) {
    long sum = 0;
    for (int start = 0; start < x.length; start += PIECE) {
      sum += sumOfProducts(x, y, start, Math.min(x.length, start + PIECE));
    }
    return sum;
  }

  private static int sum(int[] x, int start, int end) {
    int sum = 0;
    for (int i = start; i < end; i++) {
      sum += x[i];
    }
    return sum;
  }

  private static int sumOfProducts(int[] x, int[] y, int start, int end) {
    int sum = 0;
    for (int i = start; i < end; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }
}
