// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Products;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;

/**
 * Fully connected layer with bias. An image is flattened as it lies in memory; the file's columns
 * are in PyTorch's order (channels, then positions).
 */
public final class Linear implements Layer {
  private final String name;
  private final int outputs;
  private Parameter weight;
  private Parameter bias;
  private Scratch scratch;

  /**
   * Describes the layer.
   *
   * @param name prefix of its tensors' names
   */
  public Linear(String name, int outputs) {
    this.name = name;
    this.outputs = outputs;
  }

  /** Prefix of its tensors' names. */
  public String name() {
    return name;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Shape.vectors(input.n(), outputs);
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    int inputs = input.imageElements();
    return List.of(
        new ParameterSpec(
            name + ".weight",
            List.of(outputs, inputs),
            new Layout.Dense(outputs, input.c(), input.positions()),
            ParameterSpec.Role.WEIGHT,
            inputs),
        new ParameterSpec(
            name + ".bias",
            List.of(outputs),
            new Layout.Vector(),
            ParameterSpec.Role.BIAS,
            inputs));
  }

  @Override
  public long multiplications(Shape input) {
    return input.elements() * outputs;
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch shared) {
    scratch = shared;
    weight = bound.get(0);
    bias = bound.get(1);
  }

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    scratch.products(backend).linearForward(x, weight.value(), bias.value(), y);
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    Products products = scratch.products(backend);
    products.linearBackwardWeight(x, gradY, weight.gradient(), bias.gradient());
    if (gradX != null) {
      products.linearBackwardInput(gradY, weight.value(), gradX);
    }
  }
}
