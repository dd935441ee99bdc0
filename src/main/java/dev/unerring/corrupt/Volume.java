// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

import dev.unerring.tensor.Shape;

/** Changes of 3D images. */
final class Volume {
  private static final int[][] NEIGHBOURS = {
    {1, 0, 0}, {-1, 0, 0}, {0, 1, 0}, {0, -1, 0}, {0, 0, 1}, {0, 0, -1}
  };

  private Volume() {}

  /** Along a drawn axis and direction; zeros come in. */
  static Frame shifted(Frame image, int voxels, Draws draws) {
    int[] step = NEIGHBOURS[draws.below(NEIGHBOURS.length)];
    return map(
        image,
        (d, h, w, c) ->
            at(image, d - voxels * step[0], h - voxels * step[1], w - voxels * step[2], c, 0));
  }

  /** A share of the voxels takes the least value of its six neighbours and itself. */
  static Frame eroded(Frame image, double share, Draws draws) {
    return extremes(image, share, draws, false);
  }

  /** A share of the voxels takes the largest value of its six neighbours and itself. */
  static Frame dilated(Frame image, double share, Draws draws) {
    return extremes(image, share, draws, true);
  }

  private static Frame extremes(Frame image, double share, Draws draws, boolean largest) {
    return map(
        image,
        (d, h, w, c) -> {
          double own = at(image, d, h, w, c, 0);
          double value = own;
          for (int[] step : NEIGHBOURS) {
            double other = at(image, d + step[0], h + step[1], w + step[2], c, own);
            value = largest ? Math.max(value, other) : Math.min(value, other);
          }
          return value != own && draws.uniform() < share ? value : own;
        });
  }

  /** Zeros in a ball about a drawn voxel that is not zero. */
  static Frame hole(Frame image, int radius, Draws draws) {
    int solid = 0;
    for (double value : image.values()) {
      solid += value > 0 ? 1 : 0;
    }
    if (solid == 0) {
      return image;
    }
    int left = draws.below(solid);
    int middle = 0;
    while (image.values()[middle] <= 0 || left-- > 0) {
      middle++;
    }
    Shape shape = image.shape();
    int position = middle / shape.c();
    int middleD = position / shape.w() / shape.h();
    int middleH = position / shape.w() % shape.h();
    int middleW = position % shape.w();
    return map(
        image,
        (d, h, w, c) -> {
          int z = d - middleD;
          int y = h - middleH;
          int x = w - middleW;
          return z * z + y * y + x * x <= radius * radius ? 0 : at(image, d, h, w, c, 0);
        });
  }

  private static double at(Frame image, int d, int h, int w, int c, double outside) {
    Shape shape = image.shape();
    boolean inside = d >= 0 && d < shape.d() && h >= 0 && h < shape.h() && w >= 0 && w < shape.w();
    return inside ? image.values()[((d * shape.h() + h) * shape.w() + w) * shape.c() + c] : outside;
  }

  @FunctionalInterface
  private interface Voxel {
    double of(int d, int h, int w, int c);
  }

  private static Frame map(Frame image, Voxel voxel) {
    Shape shape = image.shape();
    double[] made = new double[image.values().length];
    for (int i = 0; i < made.length; i++) {
      int position = i / shape.c();
      int h = position / shape.w() % shape.h();
      made[i] = voxel.of(position / shape.w() / shape.h(), h, position % shape.w(), i % shape.c());
    }
    return new Frame(shape, made);
  }
}
