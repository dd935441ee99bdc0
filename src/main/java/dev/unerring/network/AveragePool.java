// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;

/** Mean over all positions of an image: one number a channel. */
public final class AveragePool implements Layer {
  /** Describes the layer. */
  public AveragePool() {}

  @Override
  public Shape outputShape(Shape input) {
    return Shape.vectors(input.n(), input.c());
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return List.of();
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch scratch) {}

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    backend.averagePoolForward(x, y);
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    backend.averagePoolBackward(gradY, gradX);
  }
}
