// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/** Batch norm over channels, with running statistics; max(y, 0) of it where wanted. */
public final class BatchNorm implements Layer {
  /** Added to the variance before its root is taken; see docs/arithmetic.md. */
  public static final float EPSILON = 1e-5f;

  private final String name;
  private final boolean relu;
  private Parameter gamma;
  private Parameter beta;
  private Parameter runningMean;
  private Parameter runningVariance;
  private Buffer mean;
  private Buffer variance;
  private long positions;

  /**
   * Describes the layer.
   *
   * @param name prefix of its tensors' names
   * @param relu whether ReLU follows
   */
  public BatchNorm(String name, boolean relu) {
    this.name = name;
    this.relu = relu;
  }

  /** Prefix of its tensors' names. */
  public String name() {
    return name;
  }

  /** Whether ReLU follows. */
  public boolean relu() {
    return relu;
  }

  @Override
  public Shape outputShape(Shape input) {
    return input;
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    return List.of(
        vector("weight", input, ParameterSpec.Role.SCALE),
        vector("bias", input, ParameterSpec.Role.BIAS),
        vector("running_mean", input, ParameterSpec.Role.RUNNING_MEAN),
        vector("running_var", input, ParameterSpec.Role.RUNNING_VARIANCE));
  }

  private ParameterSpec vector(String what, Shape input, ParameterSpec.Role role) {
    return new ParameterSpec(name + "." + what, List.of(input.c()), new Layout.Vector(), role, 0);
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch scratch) {
    gamma = bound.get(0);
    beta = bound.get(1);
    runningMean = bound.get(2);
    runningVariance = bound.get(3);
    positions = input.positions();
    mean = backend.allocate(input.c());
    variance = backend.allocate(input.c());
  }

  @Override
  public boolean gradientInPlace() {
    return true;
  }

  @Override
  public Optional<Window> reach() {
    return Optional.of(Window.square(1, 1, 0));
  }

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    if (mode == Mode.BATCH_STATISTICS) {
      backend.batchNormStatistics(x, mean, variance);
    }
    if (relu) {
      backend.batchNormReluForward(x, mean(mode), variance(mode), gamma.value(), beta.value(), y);
    } else {
      backend.batchNormForward(x, mean(mode), variance(mode), gamma.value(), beta.value(), y);
    }
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    boolean frozen = mode == Mode.RUNNING_STATISTICS;
    if (relu) {
      backend.batchNormReluBackward(
          x,
          y,
          gradY,
          mean(mode),
          variance(mode),
          gamma.value(),
          beta.value(),
          frozen,
          gamma.gradient(),
          beta.gradient(),
          gradX);
      return;
    }
    backend.batchNormBackward(
        x,
        gradY,
        mean(mode),
        variance(mode),
        gamma.value(),
        frozen,
        gamma.gradient(),
        beta.gradient(),
        gradX);
  }

  @Override
  public void commitStatistics(Backend backend, int images, float momentum) {
    backend.batchNormUpdate(
        mean, variance, images * positions, momentum, runningMean.value(), runningVariance.value());
  }

  private Buffer mean(Mode mode) {
    return mode == Mode.BATCH_STATISTICS ? mean : runningMean.value();
  }

  private Buffer variance(Mode mode) {
    return mode == Mode.BATCH_STATISTICS ? variance : runningVariance.value();
  }
}
