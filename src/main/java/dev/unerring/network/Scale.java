// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * The fixed first layer: raw pixel values 0..255 to (x / 255 - 0.5) / 0.5, as fma(x, 1 / 127.5,
 * -1). It is part of the saved model, so that a statement about inputs is a statement about bytes.
 */
public final class Scale implements Layer {
  private Parameter scale;
  private Parameter shift;
  private Buffer zeros; // where a gradient of the input was asked for

  /** Describes the layer. */
  public Scale() {}

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return List.of(
        constant("input.scale", input, ParameterSpec.Role.INPUT_SCALE),
        constant("input.shift", input, ParameterSpec.Role.INPUT_SHIFT));
  }

  private static ParameterSpec constant(String name, Shape input, ParameterSpec.Role role) {
    return new ParameterSpec(name, List.of(input.c()), new Layout.Vector(), role, 0);
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch scratch) {
    scale = bound.get(0);
    shift = bound.get(1);
  }

  @Override
  public Optional<Window> reach() {
    return Optional.of(Window.square(1, 1, 0));
  }

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    backend.scaleForward(x, scale.value(), shift.value(), y);
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    if (gradX != null) {
      if (zeros == null) {
        zeros = backend.allocate(shift.spec().size());
      }
      backend.scaleForward(gradY, scale.value(), zeros, gradX);
    }
  }
}
