// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.base.FreeMemory;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.ParallelWork;

/**
 * Bounds of correlations from few numbers an image. With p the coordinates of {@link TwinBasis} and
 * r the norm of what they leave of a centred image of norm 1, the correlation of two images lies
 * within p.p' - r * r' and p.p' + r * r'.
 *
 * <p>Both bounds are off by less than {@link #SLACK}. Coordinates are rounded to multiples of
 * 2^-15, so each is off by at most 2^-16, and a product of 64 of them by at most 2^-16 * (sum|p| +
 * sum|p'|) + 64 * 2^-32 &lt;= 2^-16 * 16 + 2^-26 &lt; 2.5e-4, since 64 numbers with squares adding
 * up to at most 1 add up to at most 8. Integers add them without error; in binary32 (16 terms, each
 * sum at most 1) the error is below 16 * 2^-23 &lt; 2e-6. The coordinates themselves, in binary64,
 * are off by less than 1e-9 together, even for images of 2^24 bytes; then r, the root of a
 * difference, is off by less than 4e-5 and r * r' by less than 8e-5.
 */
final class TwinFilter {
  /** What the bounds may be off by. */
  static final double SLACK = 5e-4;

  /** Numbers an image of the coarse bound: coordinates, and the norm of what they leave. */
  static final int COARSE = 16;

  private static final int FULL = TwinBasis.COORDINATES;
  private static final double UNIT = 0x1p-15;
  private static final int IMAGES_A_UNIT = 128;

  private final int[] coordinates;
  private final float[] rest;
  private final float[] coarseRest;

  /** Projects images; those that are constant have the coordinates 0. */
  TwinFilter(Correlation correlation, TwinBasis basis, int threads, WorkMonitor monitor) {
    int images = correlation.samples().size();
    long bytes = (long) images * (FULL * Integer.BYTES + 2 * Float.BYTES);
    FreeMemory.requireHeap(bytes, "comparing " + images + " images with each other");
    coordinates = new int[Math.multiplyExact(images, FULL)];
    rest = new float[images];
    coarseRest = new float[images];
    new ParallelWork(
            "projecting the images", (images + IMAGES_A_UNIT - 1) / IMAGES_A_UNIT, unit -> 1)
        .run(
            threads,
            monitor,
            () -> {
              TwinBasis.Projector projector = basis.new Projector();
              double[] own = new double[FULL];
              return unit -> {
                int end = Math.min(images, (unit + 1) * IMAGES_A_UNIT);
                for (int i = unit * IMAGES_A_UNIT; i < end; i++) {
                  if (!correlation.constant(i)) {
                    projector.project(i, own);
                    set(i, own);
                  }
                }
              };
            });
  }

  private void set(int image, double[] own) {
    double left = 1;
    for (int k = 0; k < FULL; k++) {
      if (k == COARSE - 1) {
        coarseRest[image] = (float) Math.sqrt(Math.max(0, left));
      }
      left -= own[k] * own[k];
      coordinates[image * FULL + k] = (int) Math.rint(own[k] / UNIT);
    }
    rest[image] = (float) Math.sqrt(Math.max(0, left));
  }

  /** Number {@code k} of the coarse bound, which is the scalar product of these numbers. */
  float coarse(int image, int k) {
    return k == COARSE - 1 ? coarseRest[image] : coordinates[image * FULL + k] * (float) UNIT;
  }

  /** The middle between the bounds of the correlation of two images. */
  double middle(int a, int b) {
    int atA = a * FULL;
    int atB = b * FULL;
    int sum = 0;
    for (int k = 0; k < FULL; k++) {
      sum += coordinates[atA + k] * coordinates[atB + k];
    }
    return sum * (UNIT * UNIT);
  }

  /** How far below and above the middle the bounds are, without the slack. */
  double spread(int a, int b) {
    return (double) rest[a] * rest[b];
  }
}
