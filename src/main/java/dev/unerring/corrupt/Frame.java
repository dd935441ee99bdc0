// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

import dev.unerring.tensor.Shape;

/**
 * An image while it is changed: values 0..255 in binary64, NHWC.
 *
 * @param values may leave 0..255 until {@link #write}
 */
record Frame(Shape shape, double[] values) {
  static Frame of(Shape shape, byte[] image) {
    double[] values = new double[image.length];
    for (int i = 0; i < image.length; i++) {
      values[i] = image[i] & 0xFF;
    }
    return new Frame(shape, values);
  }

  /** The value of a 2D image, that of the nearest edge outside of it. */
  double at(int h, int w, int c) {
    int row = Math.clamp(h, 0, shape.h() - 1);
    int column = Math.clamp(w, 0, shape.w() - 1);
    return values[(row * shape.w() + column) * shape.c() + c];
  }

  /** Bilinear between the four neighbours. */
  double between(double h, double w, int c) {
    int top = (int) Math.floor(h);
    int left = (int) Math.floor(w);
    double down = h - top;
    double right = w - left;
    return (1 - down) * ((1 - right) * at(top, left, c) + right * at(top, left + 1, c))
        + down * ((1 - right) * at(top + 1, left, c) + right * at(top + 1, left + 1, c));
  }

  /** The value of a pixel from its row, column and channel. */
  @FunctionalInterface
  interface Pixel {
    double of(int h, int w, int c);
  }

  /** A 2D image made pixel by pixel. */
  Frame map(Pixel pixel) {
    double[] made = new double[values.length];
    int i = 0;
    for (int h = 0; h < shape.h(); h++) {
      for (int w = 0; w < shape.w(); w++) {
        for (int c = 0; c < shape.c(); c++) {
          made[i++] = pixel.of(h, w, c);
        }
      }
    }
    return new Frame(shape, made);
  }

  /** Mean of all values. */
  double mean() {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** A length at 28 pixels a side as one at this size. */
  double scaled(double pixels) {
    return pixels * Math.min(shape.h(), shape.w()) / 28;
  }

  /** Rounds to the nearest whole number, ties to even, and clamps. */
  void write(byte[] image) {
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) (int) Math.clamp(Math.rint(values[i]), 0.0, 255.0);
    }
  }
}
