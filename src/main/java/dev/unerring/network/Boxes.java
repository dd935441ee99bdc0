// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Copies boxes of positions between tensors in the host's memory. */
final class Boxes {
  private Boxes() {}

  /**
   * Fills image {@code n} of {@code to} with the box of the first image of {@code from} that begins
   * at {@code first}; positions outside of it become +0.
   *
   * @param first d, h, w; may be negative
   */
  static void cut(Tensor from, int[] first, Tensor to, int n) {
    Shape box = to.shape();
    Shape all = from.shape();
    int left = Math.max(0, -first[2]);
    int width = Math.min(box.w(), all.w() - first[2]) - left;
    boolean border =
        first[0] < 0
            || first[1] < 0
            || left > 0
            || first[0] + box.d() > all.d()
            || first[1] + box.h() > all.h()
            || first[2] + box.w() > all.w();
    long bytes = (long) box.imageElements() * Float.BYTES;
    if (border) {
      to.data().memory().asSlice(n * bytes, bytes).fill((byte) 0);
    }
    if (width <= 0) {
      return;
    }
    for (int d = Math.max(0, -first[0]); d < Math.min(box.d(), all.d() - first[0]); d++) {
      for (int h = Math.max(0, -first[1]); h < Math.min(box.h(), all.h() - first[1]); h++) {
        long source = ((long) (first[0] + d) * all.h() + first[1] + h) * all.w() + first[2] + left;
        long target = (((long) n * box.d() + d) * box.h() + h) * box.w() + left;
        copy(from, source, to, target, width);
      }
    }
  }

  /**
   * Copies image {@code n} of {@code part} into image {@code n} of {@code to}.
   *
   * @param first where it begins there: d, h, w; what lies outside is left out
   */
  static void paste(Tensor part, Tensor to, int n, int[] first) {
    Shape box = part.shape();
    Shape all = to.shape();
    int left = Math.max(0, -first[2]);
    int width = Math.min(box.w(), all.w() - first[2]) - left;
    if (width <= 0) {
      return;
    }
    for (int d = Math.max(0, -first[0]); d < Math.min(box.d(), all.d() - first[0]); d++) {
      for (int h = Math.max(0, -first[1]); h < Math.min(box.h(), all.h() - first[1]); h++) {
        long source = (((long) n * box.d() + d) * box.h() + h) * box.w() + left;
        long row = ((long) n * all.d() + first[0] + d) * all.h() + first[1] + h;
        copy(part, source, to, row * all.w() + first[2] + left, width);
      }
    }
  }

  /** Copies so many positions with all their channels. */
  private static void copy(Tensor from, long source, Tensor to, long target, int positions) {
    long position = (long) from.shape().c() * Float.BYTES;
    MemorySegment.copy(
        from.data().memory(),
        source * position,
        to.data().memory(),
        target * position,
        positions * position);
  }
}
