// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** max(x, 0), in place. */
public final class Relu implements Layer {
  /** Describes the layer. */
  public Relu() {}

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return List.of();
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch scratch) {}

  @Override
  public boolean inPlace() {
    return true;
  }

  @Override
  public Optional<Window> reach() {
    return Optional.of(Window.square(1, 1, 0));
  }

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    backend.reluForward(x, y);
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    backend.reluBackward(y, gradY, gradX);
  }
}
