// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

import dev.unerring.tensor.Shape;

/**
 * Numbers that say what kind of image it is, whatever it shows: of each channel moments of the
 * differences between neighbours in several directions, a histogram, and coarse profiles along each
 * axis. Basic operations of binary64, square roots and StrictMath: the same bits everywhere.
 */
final class ImageStatistics {
  private static final int BINS = 16;
  private static final int PROFILE = 7;
  private static final int[][] FLAT = {
    {0, 0, 1}, {0, 1, 0}, {0, 1, 1}, {0, 1, -1}, {0, 0, 2}, {0, 2, 0}
  };
  private static final int[][] DEEP = {
    {0, 0, 1}, {0, 1, 0}, {0, 1, 1}, {0, 1, -1}, {0, 0, 2}, {0, 2, 0}, {1, 0, 0}, {2, 0, 0}
  };

  private final Shape shape;
  private final int[][] directions;

  ImageStatistics(Shape shape) {
    this.shape = shape;
    this.directions = shape.d() == 1 ? FLAT : DEEP;
  }

  /** How many numbers there are. */
  int count() {
    int axes = shape.d() == 1 ? 2 : 3;
    return shape.c() * (3 * directions.length + BINS + axes * PROFILE);
  }

  /** The numbers of an image: uint8, NHWC. */
  float[] of(byte[] image) {
    float[] numbers = new float[count()];
    int next = 0;
    for (int c = 0; c < shape.c(); c++) {
      for (int[] direction : directions) {
        next = differences(image, c, direction, numbers, next);
      }
      next = histogram(image, c, numbers, next);
      for (int axis = shape.d() == 1 ? 1 : 0; axis < 3; axis++) {
        next = profile(image, c, axis, numbers, next);
      }
    }
    return numbers;
  }

  private int value(byte[] image, int d, int h, int w, int c) {
    return image[((d * shape.h() + h) * shape.w() + w) * shape.c() + c] & 0xFF;
  }

  /** Mean absolute, root mean square, logarithm of the mean fourth power. */
  private int differences(byte[] image, int c, int[] step, float[] numbers, int next) {
    double absolute = 0;
    double square = 0;
    double fourth = 0;
    long count = 0;
    for (int d = step[0]; d < shape.d(); d++) {
      for (int h = step[1]; h < shape.h(); h++) {
        for (int w = Math.max(0, step[2]); w < shape.w() + Math.min(0, step[2]); w++) {
          int difference =
              value(image, d, h, w, c) - value(image, d - step[0], h - step[1], w - step[2], c);
          double s = (double) difference * difference;
          absolute += Math.abs(difference);
          square += s;
          fourth += s * s;
          count++;
        }
      }
    }
    double all = Math.max(1, count);
    numbers[next] = (float) (absolute / all);
    numbers[next + 1] = (float) Math.sqrt(square / all);
    numbers[next + 2] = (float) StrictMath.log1p(fourth / all);
    return next + 3;
  }

  private int histogram(byte[] image, int c, float[] numbers, int next) {
    int[] counts = new int[BINS];
    for (int i = c; i < image.length; i += shape.c()) {
      counts[(image[i] & 0xFF) * BINS / 256]++;
    }
    for (int bin = 0; bin < BINS; bin++) {
      numbers[next + bin] = (float) counts[bin] / shape.positions();
    }
    return next + BINS;
  }

  private int profile(byte[] image, int c, int axis, float[] numbers, int next) {
    int extent = axis == 0 ? shape.d() : axis == 1 ? shape.h() : shape.w();
    long[] sums = new long[PROFILE];
    long[] counts = new long[PROFILE];
    for (int p = 0; p < shape.positions(); p++) {
      int w = p % shape.w();
      int h = p / shape.w() % shape.h();
      int at = axis == 0 ? p / shape.w() / shape.h() : axis == 1 ? h : w;
      int bin = at * PROFILE / extent;
      sums[bin] += image[p * shape.c() + c] & 0xFF;
      counts[bin]++;
    }
    for (int bin = 0; bin < PROFILE; bin++) {
      numbers[next + bin] = counts[bin] == 0 ? 0 : (float) sums[bin] / counts[bin];
    }
    return next + PROFILE;
  }
}
