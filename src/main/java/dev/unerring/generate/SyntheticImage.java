// SPDX-License-Identifier: Apache-2.0
package dev.unerring.generate;

import dev.unerring.base.Philox;
import java.util.Arrays;

/**
 * Draws the pictures of a synthetic set: a coarse grid of cells (7 x 7, or 4 x 4 x 4 in 3D) of
 * random brightness, and in it what shows the class.
 *
 * <ul>
 *   <li>One label a sample: a mark of 3 x 3 (2 x 2 x 2) cells at a random place, whose pattern of
 *       light and dark is the class.
 *   <li>Several labels: each label has two neighbouring cells of its own; both lighter or both
 *       darker than their surroundings says yes, one lighter and one darker says no.
 * </ul>
 *
 * Light and dark are exchanged at random, so every class has the same mean image and no linear
 * function of the pixels says anything about it; and all pixels of a set are functions of its few
 * cells, so a linear model cannot learn hundreds of samples by heart either.
 *
 * <p>All pictures differ: the two low bits of the first sixteen cells are a one-to-one function of
 * the serial number, and everything else that is added is a multiple of four.
 */
final class SyntheticImage {
  private static final int PICTURE_STREAM = Philox.SYNTHETIC_SET;
  private static final int ALTERATION_STREAM = Philox.SYNTHETIC_SET + 1;

  /** Random numbers set aside for one picture. */
  private static final long STRIDE = 128;

  // Numbers of random words of a picture after those of its cells.
  private static final int TINT = 64;
  private static final int CONTRAST = 67;
  private static final int LIGHT = 68;
  private static final int PLACE = 69;
  private static final int LABELS = 72;

  /** Cells whose low bits hold the serial number, two bits each. */
  private static final int SERIAL_CELLS = 16;

  // In units of four grey levels.
  private static final int MIDDLE = 24;
  private static final int BACKGROUND = 8;
  private static final int MARK_NOISE = 3;
  private static final int WEAKEST_MARK = 9;
  private static final int STRONGEST_MARK = 14;
  private static final int WEAKEST_PAIR = 7;
  private static final int STRONGEST_PAIR = 10;
  private static final int TINTS = 16;

  /** The sum of a value and its negative. */
  private static final int MIRROR = 195;

  /** Cells of a near-twin that are altered, each by one unit. */
  private static final int ALTERED = 3;

  /** Patterns of 3 x 3 cells, row by row; any two agree or disagree in at most six cells. */
  private static final String[] MARKS_2D = {
    "+-++-+++-",
    "+---+-+-+",
    "+++---+++",
    "++-+-+---",
    "+-++-+--+",
    "+---++-+-",
    "+++--++--",
    "+------++",
    "+-+++-+--",
    "++-++++-+",
    "++++++-++"
  };

  /** Patterns of 2 x 2 x 2 cells; any two agree or disagree in at most six cells. */
  private static final String[] MARKS_3D = {
    "+-++-+-+",
    "+++--+--",
    "++-++---",
    "++++--++",
    "+---+--+",
    "++---+-+",
    "+-++----",
    "++-+++++",
    "+--+-+++",
    "+-+-+++-",
    "+-----+-"
  };

  private final long seed;
  private final boolean multiLabel;
  private final int labels;
  private final int channels;
  private final boolean volume;
  private final int side;
  private final int serialKey;
  private final int[] cellOfPixel;
  private final int[] structure;
  private final boolean[] marked;
  private final byte[][] levels;

  SyntheticImage(SyntheticPlan plan) {
    seed = plan.key();
    multiLabel = plan.multiLabel();
    labels = plan.manifest().classes();
    channels = plan.manifest().channels();
    volume = plan.manifest().dimensions() == 3;
    side = volume ? 4 : 7;
    serialKey = Philox.bits(seed, PICTURE_STREAM, 1, 0);
    cellOfPixel = cells(plan.pixels());
    structure = new int[volume ? side * side * side : side * side];
    marked = new boolean[structure.length];
    levels = new byte[channels][structure.length];
  }

  private int[] cells(int pixels) {
    int depth = volume ? pixels : 1;
    int[] cells = new int[depth * pixels * pixels];
    for (int i = 0; i < cells.length; i++) {
      int z = i / (pixels * pixels) * side / pixels;
      int y = i / pixels % pixels * side / pixels;
      int x = i % pixels * side / pixels;
      cells[i] = (z * side + y) * side + x;
    }
    return cells;
  }

  /** Bytes of one image. */
  int bytes() {
    return cellOfPixel.length * channels;
  }

  /**
   * Writes one picture, NDHWC, to {@code destination[offset ...]}.
   *
   * @param serial which picture; another number is another picture
   * @param label the class that it shows; of several labels, those that it shows as bits
   * @param alteration number of a near-twin of the picture; -1 for the picture itself
   */
  void draw(int serial, int label, int alteration, byte[] destination, int offset) {
    Arrays.fill(structure, 0);
    Arrays.fill(marked, false);
    if (multiLabel) {
      for (int each = 0; each < labels; each++) {
        pair(serial, each, (label >>> each & 1) != 0);
      }
    } else {
      mark(serial, label);
    }
    if (alteration >= 0) {
      alter(alteration);
    }
    colour(serial);
    int at = offset;
    for (int cell : cellOfPixel) {
      for (int channel = 0; channel < channels; channel++) {
        destination[at++] = levels[channel][cell];
      }
    }
  }

  private void mark(int serial, int label) {
    String pattern = volume ? MARKS_3D[label] : MARKS_2D[label];
    int extent = volume ? 2 : 3;
    int contrast = between(serial, CONTRAST, WEAKEST_MARK, STRONGEST_MARK);
    contrast *= between(serial, LIGHT, 0, 1) * 2 - 1;
    int left = between(serial, PLACE, 0, side - extent);
    int top = between(serial, PLACE + 1, 0, side - extent);
    int front = volume ? between(serial, PLACE + 2, 0, side - extent) : 0;
    for (int i = 0; i < pattern.length(); i++) {
      int z = front + i / (extent * extent);
      int y = top + i / extent % extent;
      int x = left + i % extent;
      set((z * side + y) * side + x, pattern.charAt(i) == '+' ? contrast : -contrast);
    }
  }

  private void pair(int serial, int number, boolean present) {
    int contrast = between(serial, LABELS + 2 * number, WEAKEST_PAIR, STRONGEST_PAIR);
    contrast *= between(serial, LABELS + 2 * number + 1, 0, 1) * 2 - 1;
    int first = number / 2 * side + (number % 2 == 0 ? 1 : 4);
    set(first, contrast);
    set(first + 1, present ? contrast : -contrast);
  }

  private void set(int cell, int contrast) {
    structure[cell] = contrast;
    marked[cell] = true;
  }

  private void alter(int number) {
    int free = structure.length - SERIAL_CELLS;
    int start = choice(Philox.bits(seed, ALTERATION_STREAM, 0, number), 0, free - 1);
    int sign = (number & 1) * 2 - 1;
    for (int i = 0; i < ALTERED; i++) {
      structure[SERIAL_CELLS + (start + i * (free / ALTERED)) % free] += sign;
    }
  }

  /** Adds the background and turns structure into grey levels, channel by channel. */
  private void colour(int serial) {
    int hidden = scrambled(serial);
    for (int cell = 0; cell < structure.length; cell++) {
      int word = bits(serial, cell);
      int noise = marked[cell] ? MARK_NOISE : BACKGROUND;
      int low = cell < SERIAL_CELLS ? hidden >>> 2 * cell & 3 : word & 3;
      int value = 4 * (MIDDLE + structure[cell] + choice(word, -noise, noise)) + low;
      for (int channel = 0; channel < channels; channel++) {
        int tint = 4 * between(serial, TINT + channel, 0, TINTS - 1);
        levels[channel][cell] = (byte) ((channel < 2 ? value : MIRROR - value) + tint);
      }
    }
  }

  /** A one-to-one function of 32 bits. */
  private int scrambled(int serial) {
    int x = serial ^ serialKey;
    x = (x ^ x >>> 16) * 0x7feb352d;
    x = (x ^ x >>> 15) * 0x846ca68b;
    return x ^ x >>> 16;
  }

  private int between(int serial, int number, int low, int high) {
    return choice(bits(serial, number), low, high);
  }

  /** One of low to high, by the upper bits. */
  private static int choice(int word, int low, int high) {
    return low + (int) ((word >>> 8) * (long) (high - low + 1) >>> 24);
  }

  private int bits(int serial, int number) {
    return Philox.bits(seed, PICTURE_STREAM, 0, serial * STRIDE + number);
  }
}
