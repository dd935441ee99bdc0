// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.ffi.Layouts;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;

/**
 * One convolution or linear layer as the C kernels read it ({@link Layouts}), made once for each
 * pair of shapes.
 *
 * @param forward boxes of the forward pass
 * @param backward boxes of the backward-input pass: a phase for each position within the stride
 * @param weight units of the backward-weight pass
 */
record ConvGeometry(TapPlan forward, TapPlan backward, WeightPlan weight) {
  private static final Window LINEAR = Window.square(1, 1, 0);

  static ConvGeometry convolution(Shape in, Shape out, Window window, Arena arena) {
    return new ConvGeometry(
        TapPlan.forward(in, out, window, arena),
        TapPlan.backward(in, out, window, arena),
        WeightPlan.of(in, out, window, Chunks.ofPositions(out), arena));
  }

  /** A linear layer is a 1x1 convolution of images with one position; only its chunks differ. */
  static ConvGeometry linear(Shape x, Shape y, Arena arena) {
    Shape in = Shape.vectors(x.n(), x.imageElements());
    Shape out = Shape.vectors(y.n(), y.imageElements());
    return new ConvGeometry(
        TapPlan.linear(in.n(), in.c(), out.c(), false, arena),
        TapPlan.linear(in.n(), out.c(), in.c(), true, arena),
        WeightPlan.of(in, out, LINEAR, Chunks.flat(in.n()), arena));
  }

  /**
   * The words of a box: how a piece of a batch is copied inside its border.
   *
   * @param x the tensor that is copied
   * @param front border before its first position, in depth, height, width
   * @param stride positions of the box from one output to the next
   * @param halo rows that one output row reads, in depth and height
   * @param width padded width
   * @param step positions of x from one position of the box to the next; above 1 for a 1x1x1
   *     window, which leaves out what it does not read
   * @param outChannels channels of the outputs
   */
  record Box(Shape x, int[] front, int stride, int[] halo, int width, int step, int outChannels) {
    static final int WORDS = Layouts.Box.values().length;

    /** Words of this box, and room for more behind them. */
    Words words(int more) {
      long row = (long) x.w() * x.c();
      long depth = x.h() * row;
      return new Words(WORDS + more)
          .set(Layouts.Box.X_IMAGE, x.imageElements())
          .set(Layouts.Box.X_DEPTH, step * depth)
          .set(Layouts.Box.X_ROW, step * row)
          .set(Layouts.Box.X_STEP, (long) step * x.c())
          .set(Layouts.Box.X_D, Math.ceilDiv(x.d(), step))
          .set(Layouts.Box.X_H, Math.ceilDiv(x.h(), step))
          .set(Layouts.Box.X_W, Math.ceilDiv(x.w(), step))
          .set(Layouts.Box.FRONT, front[0])
          .set(Layouts.Box.TOP, front[1])
          .set(Layouts.Box.LEFT, front[2])
          .set(Layouts.Box.STRIDE, stride)
          .set(Layouts.Box.HALO_D, halo[0])
          .set(Layouts.Box.HALO_H, halo[1])
          .set(Layouts.Box.W, width)
          .set(Layouts.Box.C, x.c())
          .set(Layouts.Box.OC, outChannels);
    }

    /** The input of a convolution; of a 1x1x1 window only the positions that are read. */
    static Box ofInput(Shape in, Shape out, Window window) {
      boolean point = window.taps() == 1;
      int stride = point ? 1 : window.stride();
      return new Box(
          in,
          new int[] {window.padDepth(), window.pad(), window.pad()},
          stride,
          new int[] {window.kd(), window.kh()},
          (out.w() - 1) * stride + window.kw(),
          point ? window.stride() : 1,
          out.c());
    }
  }
}
