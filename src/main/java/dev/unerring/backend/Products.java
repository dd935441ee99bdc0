// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;

/**
 * The products of a network in one arithmetic: those of {@link Backend} itself are the ordered
 * ones, whose chains are given here; {@link Backend#integer} has the same sums of whole numbers,
 * which have no order. Shapes, layouts and errors as in {@link Backend}.
 */
public interface Products {
  /**
   * Convolution: y[n][od][oh][ow][oc] = chain of fma over (kd, kh, kw, ic), in this order, from +0,
   * with +0 for x outside the image; then + bias[oc].
   *
   * @param x [n][d][h][w][ic]
   * @param weight [kd][kh][kw][ic][oc]
   * @param bias [oc]; null for none
   * @param y [n][od][oh][ow][oc], as {@link Window#outputOf} says
   */
  void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y);

  /**
   * Gradient of a convolution by its input: gradX[n][d][h][w][ic] = chain of fma over (kd, kh, kw,
   * oc), in this order, from +0. A tap outside gradY counts as +0; a tap between two strides is
   * left out.
   *
   * @param gradY [n][od][oh][ow][oc]
   * @param weight [kd][kh][kw][ic][oc]
   * @param gradX [n][d][h][w][ic]
   */
  void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX);

  /**
   * Gradients of a convolution by weight and bias: chains of fma over the samples and positions of
   * gradY, ascending within a chunk; then the chunks are added as a tree.
   *
   * @param x [n][d][h][w][ic]
   * @param gradY [n][od][oh][ow][oc]
   * @param gradWeight [kd][kh][kw][ic][oc]
   * @param gradBias [oc]; null for none
   */
  void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias);

  /**
   * Linear layer: y[n][out] = chain of fma over the elements of x[n], ascending, from +0; then +
   * bias[out].
   *
   * @param x any shape with {@code in} elements a sample
   * @param weight [in][out]
   * @param bias [out]; null for none
   * @param y {@code out} elements a sample
   */
  void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y);

  /**
   * Gradient of a linear layer by its input: gradX[n][in] = chain of fma over out, ascending, from
   * +0.
   *
   * @param gradY {@code out} elements a sample
   * @param weight [in][out]
   * @param gradX {@code in} elements a sample
   */
  void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX);

  /**
   * Gradients of a linear layer by weight and bias: chains of fma over samples, ascending within a
   * chunk of 1,024; then the chunks are added as a tree.
   *
   * @param x {@code in} elements a sample
   * @param gradY {@code out} elements a sample
   * @param gradWeight [in][out]
   * @param gradBias [out]; null for none
   */
  void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias);
}
