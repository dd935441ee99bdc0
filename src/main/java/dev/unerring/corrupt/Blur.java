// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

import dev.unerring.tensor.Shape;

/** Blur and loss of resolution. */
final class Blur {
  private static final int[][] DIRECTIONS = {{0, 1}, {1, 0}, {1, 1}, {1, -1}};
  private static final int ZOOM_STEPS = 5;

  private Blur() {}

  /** The weight of a neighbour by its distance. */
  @FunctionalInterface
  private interface Weight {
    double at(double distance);
  }

  static Frame gaussian(Frame image, double deviation) {
    return kernel(image, 3 * deviation, d -> StrictMath.exp(-d * d / (2 * deviation * deviation)));
  }

  /** A disc, smooth at its rim. */
  static Frame defocus(Frame image, double radius) {
    return kernel(image, radius + 0.5, d -> Math.clamp(radius + 0.5 - d, 0.0, 1.0));
  }

  private static Frame kernel(Frame image, double reach, Weight weight) {
    int most = (int) Math.ceil(reach);
    double[][] weights = new double[2 * most + 1][2 * most + 1];
    double all = 0;
    for (int h = -most; h <= most; h++) {
      for (int w = -most; w <= most; w++) {
        weights[h + most][w + most] = weight.at(Math.sqrt((double) h * h + (double) w * w));
        all += weights[h + most][w + most];
      }
    }
    double total = all;
    return image.map((h, w, c) -> {
      double sum = 0;
      for (int y = -most; y <= most; y++) {
        for (int x = -most; x <= most; x++) {
          sum += weights[y + most][x + most] * image.at(h + y, w + x, c);
        }
      }
      return sum / total;
    });
  }

  /** Along a row, a column or a diagonal. */
  static Frame motion(Frame image, int length, Draws draws) {
    int[] step = DIRECTIONS[draws.below(DIRECTIONS.length)];
    int before = length / 2;
    return image.map((h, w, c) -> {
      double sum = 0;
      for (int k = -before; k < length - before; k++) {
        sum += image.at(h + k * step[0], w + k * step[1], c);
      }
      return sum / length;
    });
  }

  /** Mean of enlargements up to a factor, about the middle. */
  static Frame zoom(Frame image, double factor) {
    double middleH = (image.shape().h() - 1) / 2.0;
    double middleW = (image.shape().w() - 1) / 2.0;
    return image.map((h, w, c) -> {
      double sum = 0;
      for (int k = 0; k < ZOOM_STEPS; k++) {
        double scale = 1 + (factor - 1) * k / (ZOOM_STEPS - 1);
        double row = middleH + (h - middleH) / scale;
        sum += image.between(row, middleW + (w - middleW) / scale, c);
      }
      return sum / ZOOM_STEPS;
    });
  }

  /** Cells of one value, the mean of their pixels; a share of the side's pixels is left. */
  static Frame pixelate(Frame image, double share) {
    int rows = side(image.shape().h(), share);
    int columns = side(image.shape().w(), share);
    return image.map((h, w, c) -> {
      int row = h * rows / image.shape().h();
      int column = w * columns / image.shape().w();
      double sum = 0;
      int count = 0;
      for (int y = 0; y < image.shape().h(); y++) {
        for (int x = 0; x < image.shape().w(); x++) {
          boolean inside =
              y * rows / image.shape().h() == row && x * columns / image.shape().w() == column;
          sum += inside ? image.at(y, x, c) : 0;
          count += inside ? 1 : 0;
        }
      }
      return sum / count;
    });
  }

  private static int side(int pixels, double share) {
    return Math.max(1, (int) Math.rint(pixels * share));
  }

  /** Bilinear to a share of the side's pixels, and back. */
  static Frame resized(Frame image, double share) {
    int rows = side(image.shape().h(), share);
    int columns = side(image.shape().w(), share);
    double scaleH = (double) image.shape().h() / rows;
    double scaleW = (double) image.shape().w() / columns;
    Frame small =
        new Frame(
            new Shape(1, 1, rows, columns, image.shape().c()),
            new double[rows * columns * image.shape().c()]);
    Frame shrunk =
        small.map(
            (h, w, c) -> image.between((h + 0.5) * scaleH - 0.5, (w + 0.5) * scaleW - 0.5, c));
    return image.map(
        (h, w, c) -> shrunk.between((h + 0.5) / scaleH - 0.5, (w + 0.5) / scaleW - 0.5, c));
  }
}
