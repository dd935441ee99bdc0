// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A flip or turn that maps the grid of an image onto itself: axes are permuted and reversed. The
 * pixel of the new image at (d, h, w) is the old one at {@code offset + d * stepD + h * stepH + w *
 * stepW}, counted in positions; channels stay together.
 *
 * <p>The group of a shape holds every such map: 8 for square 2D images (flips, quarter turns, and
 * the flips along the diagonals), 4 for other 2D images (flips and the half turn), 48 for cubes, 16
 * for 3D images of which only two extents are equal, 8 for the rest.
 *
 * @param name e.g. {@code quarter turn clockwise}; of 3D images the old axes in the order of the
 *     new ones, e.g. {@code h -d w}, where - is reversed
 */
public record ImageSymmetry(String name, Shape shape, int offset, int stepD, int stepH, int stepW) {
  private static final int[][] ORDERS = {
    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}
  };
  private static final String[] AXES = {"d", "h", "w"};

  /** The names of 2D maps: by reversal of the rows, of the columns, and exchange of the axes. */
  private static final String[] PLANE = {
    "identity",
    "flip top to bottom",
    "flip left to right",
    "half turn",
    "flip along the diagonal",
    "quarter turn counter-clockwise",
    "quarter turn clockwise",
    "flip along the other diagonal"
  };

  /** All maps of the grid of a shape onto itself, the identity first, in a fixed order. */
  public static List<ImageSymmetry> of(Shape shape) {
    int[] extents = {shape.d(), shape.h(), shape.w()};
    int[] strides = {shape.h() * shape.w(), shape.w(), 1};
    List<ImageSymmetry> group = new ArrayList<>();
    for (int[] order : ORDERS) {
      boolean fits = true;
      for (int axis = 0; axis < 3; axis++) {
        fits &= extents[order[axis]] == extents[axis];
        fits &= extents[axis] > 1 || order[axis] == axis;
      }
      for (int reversed = 0; fits && reversed < 8; reversed++) {
        int offset = 0;
        int[] steps = new int[3];
        boolean twice = false;
        for (int axis = 0; axis < 3; axis++) {
          boolean back = (reversed >> axis & 1) == 1;
          twice |= back && extents[axis] == 1;
          int stride = strides[order[axis]];
          steps[axis] = back ? -stride : stride;
          offset += back ? stride * (extents[axis] - 1) : 0;
        }
        if (!twice) {
          String name = name(shape, order, reversed);
          group.add(new ImageSymmetry(name, shape, offset, steps[0], steps[1], steps[2]));
        }
      }
    }
    return List.copyOf(group);
  }

  private static String name(Shape shape, int[] order, int reversed) {
    if (shape.d() == 1) {
      return PLANE[(reversed >> 1) + (order[1] == 2 ? 4 : 0)];
    }
    if (order == ORDERS[0] && reversed == 0) {
      return PLANE[0];
    }
    StringBuilder name = new StringBuilder();
    for (int axis = 0; axis < 3; axis++) {
      name.append(axis == 0 ? "" : " ").append((reversed >> axis & 1) == 1 ? "-" : "");
      name.append(AXES[order[axis]]);
    }
    return name.toString();
  }

  /** The position that position {@code d, h, w} of the new image is taken from. */
  int source(int d, int h, int w) {
    return offset + d * stepD + h * stepH + w * stepW;
  }

  /**
   * Compares an image mapped by this with another mapped by {@code other}, pixel by pixel, as
   * unsigned bytes: negative, zero or positive.
   */
  int compare(MemorySegment a, long startA, MemorySegment b, long startB, ImageSymmetry other) {
    int channels = shape.c();
    for (int d = 0; d < shape.d(); d++) {
      for (int h = 0; h < shape.h(); h++) {
        for (int w = 0; w < shape.w(); w++) {
          long atA = startA + (long) source(d, h, w) * channels;
          long atB = startB + (long) other.source(d, h, w) * channels;
          for (int c = 0; c < channels; c++) {
            byte valueA = a.get(ValueLayout.JAVA_BYTE, atA + c);
            byte valueB = b.get(ValueLayout.JAVA_BYTE, atB + c);
            if (valueA != valueB) {
              return Byte.compareUnsigned(valueA, valueB);
            }
          }
        }
      }
    }
    return 0;
  }
}
