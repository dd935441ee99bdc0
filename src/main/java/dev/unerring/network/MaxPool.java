// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Max pooling without padding, floor mode. */
public final class MaxPool implements Layer {
  private final Window window;

  /** Describes the layer. */
  public MaxPool(Window window) {
    this.window = window;
  }

  /** How it slides. */
  public Window window() {
    return window;
  }

  @Override
  public Shape outputShape(Shape input) {
    return window.outputOf(input, input.c());
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return List.of();
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch scratch) {}

  @Override
  public Optional<Window> reach() {
    return Optional.of(window);
  }

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    backend.maxPoolForward(x, window, y);
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    backend.maxPoolBackward(x, gradY, window, gradX);
  }
}
