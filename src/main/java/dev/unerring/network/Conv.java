// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Products;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Convolution, 2D where the window's depth is 1. Without bias it adds +0 at the end of a chain. */
public final class Conv implements Layer {
  private final String name;
  private final int channels;
  private final Window window;
  private final boolean biased;
  private Parameter weight;
  private Buffer bias;
  private Buffer gradBias;
  private Scratch scratch;

  /**
   * Describes the layer.
   *
   * @param name prefix of its tensors' names
   * @param channels output channels
   * @param biased whether each output channel has a trained summand
   */
  public Conv(String name, int channels, Window window, boolean biased) {
    this.name = name;
    this.channels = channels;
    this.window = window;
    this.biased = biased;
  }

  /** Prefix of its tensors' names. */
  public String name() {
    return name;
  }

  /** How it slides. */
  public Window window() {
    return window;
  }

  /** Whether each output channel has a trained summand. */
  public boolean biased() {
    return biased;
  }

  @Override
  public Shape outputShape(Shape input) {
    return window.outputOf(input, channels);
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    int fanIn = window.taps() * input.c();
    List<Integer> shape =
        window.kd() == 1
            ? List.of(channels, input.c(), window.kh(), window.kw())
            : List.of(channels, input.c(), window.kd(), window.kh(), window.kw());
    Layout layout = new Layout.Convolution(channels, input.c(), window.taps());
    var kernel =
        new ParameterSpec(name + ".weight", shape, layout, ParameterSpec.Role.WEIGHT, fanIn);
    if (!biased) {
      return List.of(kernel);
    }
    return List.of(
        kernel,
        new ParameterSpec(
            name + ".bias",
            List.of(channels),
            new Layout.Vector(),
            ParameterSpec.Role.BIAS,
            fanIn));
  }

  @Override
  public long multiplications(Shape input) {
    return outputShape(input).elements() * window.taps() * input.c();
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch shared) {
    scratch = shared;
    weight = bound.get(0);
    bias = biased ? bound.get(1).value() : backend.allocate(channels);
    gradBias = biased ? bound.get(1).gradient() : backend.allocate(channels);
  }

  @Override
  public Optional<Window> reach() {
    return Optional.of(window);
  }

  @Override
  public void forwardInside(Backend backend, Tensor x, Tensor y) {
    Window inside = new Window(window.kd(), window.kh(), window.kw(), window.stride(), 0);
    backend.convForward(x, weight.value(), bias, inside, y);
  }

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    scratch.products(backend).convForward(x, weight.value(), bias, window, y);
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    Products products = scratch.products(backend);
    products.convBackwardWeight(x, gradY, window, weight.gradient(), gradBias);
    if (gradX != null) {
      products.convBackwardInput(gradY, weight.value(), window, gradX);
    }
  }
}
