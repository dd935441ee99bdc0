// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

import dev.unerring.tensor.Shape;

/** Things that stand in front of the picture. */
final class Overlay {
  private static final double[] STAIN = {110, 60, 130};
  private static final int GLYPH_ROWS = 5;
  private static final int GLYPH_COLUMNS = 3;

  /** Digits, a bit a pixel, row by row. */
  private static final int[] GLYPHS = {
    0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001111001111, 0b101101111001001,
    0b111100111001111, 0b111100111101111, 0b111001010010010, 0b111101111101111, 0b111101111001111
  };

  private Overlay() {}

  /** Dark blots of dye. */
  static Frame stains(Frame image, int count, Draws draws) {
    return discs(
        image,
        count,
        1.5,
        4.5,
        draws,
        (value, inside, c) -> value + 0.75 * inside * (STAIN[c % STAIN.length] - value));
  }

  /** Bright discs with a brighter rim. */
  static Frame bubbles(Frame image, int count, Draws draws) {
    return discs(
        image,
        count,
        2,
        5,
        draws,
        (value, inside, c) ->
            value + (inside < 0.35 && inside > 0 ? 0.8 : 0.4 * Math.ceil(inside)) * (235 - value));
  }

  /** A value where the disc covers it, inside from 0 (rim and outside) to 1 (middle). */
  @FunctionalInterface
  private interface Cover {
    double of(double value, double inside, int channel);
  }

  private static Frame discs(
      Frame image, int count, double least, double most, Draws draws, Cover cover) {
    Frame made = image;
    for (int k = 0; k < count; k++) {
      Frame before = made;
      double middleH = draws.uniform() * image.shape().h();
      double middleW = draws.uniform() * image.shape().w();
      double radius = image.scaled(least + draws.uniform() * (most - least));
      made =
          before.map((h, w, c) -> {
            double y = h - middleH;
            double x = w - middleW;
            double inside = Math.max(0, 1 - Math.sqrt(y * y + x * x) / radius);
            return cover.of(before.at(h, w, c), inside, c);
          });
    }
    return made;
  }

  /** Black outside a circle about the middle, a share of the half diagonal wide. */
  static Frame corners(Frame image, double share) {
    double middleH = (image.shape().h() - 1) / 2.0;
    double middleW = (image.shape().w() - 1) / 2.0;
    double radius = share * Math.sqrt(middleH * middleH + middleW * middleW);
    return image.map((h, w, c) -> {
      double y = h - middleH;
      double x = w - middleW;
      return Math.sqrt(y * y + x * x) > radius ? 0 : image.at(h, w, c);
    });
  }

  /** White digits. */
  static Frame characters(Frame image, int count, Draws draws) {
    Shape shape = image.shape();
    double[] made = image.values().clone();
    int scale = Math.max(1, (int) image.scaled(1));
    for (int k = 0; k < count; k++) {
      int glyph = GLYPHS[draws.below(GLYPHS.length)];
      int top = draws.below(Math.max(1, shape.h() - GLYPH_ROWS * scale));
      int left = draws.below(Math.max(1, shape.w() - GLYPH_COLUMNS * scale));
      for (int i = 0; i < GLYPH_ROWS * scale * GLYPH_COLUMNS * scale; i++) {
        int row = i / (GLYPH_COLUMNS * scale);
        int column = i % (GLYPH_COLUMNS * scale);
        int bit = row / scale * GLYPH_COLUMNS + column / scale;
        boolean set = (glyph >> GLYPH_ROWS * GLYPH_COLUMNS - 1 - bit & 1) == 1;
        if (set && top + row < shape.h() && left + column < shape.w()) {
          for (int c = 0; c < shape.c(); c++) {
            made[((top + row) * shape.w() + left + column) * shape.c() + c] = 255;
          }
        }
      }
    }
    return new Frame(shape, made);
  }

  /** A black or white frame. */
  static Frame border(Frame image, double width, Draws draws) {
    int pixels = Math.max(1, (int) Math.rint(image.scaled(width)));
    double fill = draws.uniform() < 0.5 ? 0 : 255;
    Shape shape = image.shape();
    return image.map((h, w, c) -> {
      int edge = Math.min(Math.min(h, shape.h() - 1 - h), Math.min(w, shape.w() - 1 - w));
      return edge < pixels ? fill : image.at(h, w, c);
    });
  }

  /** A black square. */
  static Frame occlusion(Frame image, double side, Draws draws) {
    int pixels = Math.max(1, (int) Math.rint(image.scaled(side)));
    int top = draws.below(Math.max(1, image.shape().h() - pixels + 1));
    int left = draws.below(Math.max(1, image.shape().w() - pixels + 1));
    return image.map((h, w, c) -> {
      boolean inside = h >= top && h < top + pixels && w >= left && w < left + pixels;
      return inside ? 0 : image.at(h, w, c);
    });
  }
}
