// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;

/**
 * The products of a network in one arithmetic: those of {@link Backend} itself are the ordered
 * ones, {@link Backend#integer} has the others. Shapes and layouts as in {@link Backend}.
 */
public interface Products {
  /** y = sum over (kd, kh, kw, ic) of x * weight; then + bias. */
  void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y);

  /** gradX = sum over (kd, kh, kw, oc) of gradY * weight, a gather. */
  void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX);

  /** gradWeight = sum over the positions of gradY of x * gradY; gradBias the sum of gradY. */
  void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias);

  /** y[n][out] = sum over the elements of x[n]; then + bias. */
  void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y);

  /** gradX[n][in] = sum over out. */
  void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX);

  /** gradWeight = sum over the samples of x * gradY; gradBias the sum of gradY. */
  void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias);
}
