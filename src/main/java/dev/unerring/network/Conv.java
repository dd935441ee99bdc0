package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;

/** Convolution with bias, 2D where the window's depth is 1. */
public final class Conv implements Layer {
  private final String name;
  private final int channels;
  private final Window window;
  private Parameter weight;
  private Parameter bias;

  /**
   * Describes the layer.
   *
   * @param name prefix of its tensors' names
   * @param channels output channels
   */
  public Conv(String name, int channels, Window window) {
    this.name = name;
    this.channels = channels;
    this.window = window;
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
    return List.of(
        new ParameterSpec(name + ".weight", shape, layout, ParameterSpec.Role.WEIGHT, fanIn),
        new ParameterSpec(
            name + ".bias",
            List.of(channels),
            new Layout.Vector(),
            ParameterSpec.Role.BIAS,
            fanIn));
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound) {
    weight = bound.get(0);
    bias = bound.get(1);
  }

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    backend.convForward(x, weight.value(), bias.value(), window, y);
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    backend.convBackwardWeight(x, gradY, window, weight.gradient(), bias.gradient());
    if (gradX != null) {
      backend.convBackwardInput(gradY, weight.value(), window, gradX);
    }
  }
}
