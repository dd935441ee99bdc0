// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Shape;

/**
 * How a convolution or a pooling slides over an image.
 *
 * @param kd kernel depth (1 for 2D)
 * @param kh kernel height
 * @param kw kernel width
 * @param stride step in every direction
 * @param pad positions of border on each side; in depth only where kd is above 1
 */
public record Window(int kd, int kh, int kw, int stride, int pad) {
  /** Checks the ranges. */
  public Window {
    if (kd < 1 || kh < 1 || kw < 1 || stride < 1 || pad < 0 || pad >= kh || pad >= kw) {
      throw new IllegalArgumentException(
          "not a window: " + kd + "x" + kh + "x" + kw + ", stride " + stride + ", pad " + pad);
    }
  }

  /** A square 2D window. */
  public static Window square(int kernel, int stride, int pad) {
    return new Window(1, kernel, kernel, stride, pad);
  }

  /** Border in depth. */
  public int padDepth() {
    return kd == 1 ? 0 : pad;
  }

  /** Taps: kd * kh * kw. */
  public int taps() {
    return kd * kh * kw;
  }

  /** Shape of the output with {@code channels} channels; floor mode. */
  public Shape outputOf(Shape input, int channels) {
    requireFit(input);
    return new Shape(
        input.n(),
        extent(input.d(), padDepth(), kd),
        extent(input.h(), pad, kh),
        extent(input.w(), pad, kw),
        channels);
  }

  /** Whether the output has the images and extents of {@link #outputOf}; allocates nothing. */
  public boolean gives(Shape input, Shape output) {
    requireFit(input);
    return output.n() == input.n()
        && output.d() == extent(input.d(), padDepth(), kd)
        && output.h() == extent(input.h(), pad, kh)
        && output.w() == extent(input.w(), pad, kw);
  }

  private int extent(int input, int border, int kernel) {
    return (input + 2 * border - kernel) / stride + 1;
  }

  private void requireFit(Shape input) {
    boolean fits =
        input.d() + 2 * padDepth() >= kd && input.h() + 2 * pad >= kh && input.w() + 2 * pad >= kw;
    if (!fits) {
      throw new IllegalArgumentException("the window " + this + " does not fit into " + input);
    }
  }
}
