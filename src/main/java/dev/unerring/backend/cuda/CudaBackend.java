// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.DeviceException;
import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Exactness;
import dev.unerring.backend.HeldImages;
import dev.unerring.backend.OperandChecks;
import dev.unerring.backend.Products;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Turn;
import dev.unerring.backend.Window;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;

/**
 * The kernels of {@code native/cuda} on the first NVIDIA GPU: one stream, one thread for the chain
 * of every output. The bits are those of {@link ReferenceBackend} on any GPU.
 */
public sealed class CudaBackend implements Backend permits CudnnBackend {
  final Turn turn;
  final Gpu gpu;
  private final KernelCode.Loaded code;
  final Kernels kernels;
  final CudaSums sums;
  private final CudaProducts products;
  private final CudaNormalization normalization;
  private final CudaPointwise pointwise;
  private final CudaLearning learning;
  private final Recordings recordings;
  private final DeviceImages held;

  CudaBackend(CudaStatus status) {
    turn = new Turn();
    gpu = Gpu.open(status);
    try {
      code = KernelCode.load(gpu);
      kernels = new Kernels(gpu, code.module());
      sums = new CudaSums(gpu, kernels);
      products = new CudaProducts(gpu, kernels, sums);
      normalization = new CudaNormalization(kernels, sums);
      pointwise = new CudaPointwise(kernels);
      learning = new CudaLearning(gpu, kernels, sums);
      recordings = new Recordings(gpu);
      held = new DeviceImages(gpu, kernels);
    } catch (RuntimeException | Error e) {
      gpu.closeAfter(e);
      throw e;
    }
  }

  /** The ordered operations over the memory of another backend, which closes it. */
  CudaBackend(CudaBackend other) {
    turn = other.turn;
    gpu = other.gpu;
    code = other.code;
    kernels = other.kernels;
    sums = other.sums;
    products = other.products;
    normalization = other.normalization;
    pointwise = other.pointwise;
    learning = other.learning;
    recordings = other.recordings;
    held = other.held;
  }

  /**
   * Opens the first GPU and loads the kernels.
   *
   * @param status what was found on this machine
   * @throws dev.unerring.DeviceException with the doctor's sentence where no GPU can be used
   */
  @SuppressWarnings("exports") // bindings are known inside this module only
  public static CudaBackend open(CudaStatus status) {
    return new CudaBackend(status);
  }

  /** GPU, driver and libraries, for messages and records. */
  public Map<String, Object> facts() {
    return gpu.facts();
  }

  /** Where the kernels came from: the build's own code for this GPU, or its source. */
  public String kernels() {
    return code.origin();
  }

  /** How many sequences of operations were recorded so far. */
  long recorded() {
    return recordings.graphs();
  }

  /** How often a recording was repeated. */
  long repeated() {
    return recordings.launches();
  }

  /** Bytes of the GPU's memory that are free now. */
  public long freeMemory() {
    try (Turn _ = turn.take()) {
      return gpu.freeMemory();
    }
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public boolean hostMemory() {
    return false;
  }

  @Override
  public Exactness exactness() {
    return Exactness.BITWISE;
  }

  @Override
  public Turn turn() {
    return turn;
  }

  @Override
  public Buffer allocate(long words) {
    try (Turn _ = turn.take()) {
      return gpu.allocate(words);
    }
  }

  @Override
  public void upload(MemorySegment source, Buffer target) {
    try (Turn _ = turn.take()) {
      OperandChecks.copy(source, target);
      gpu.upload(source, target);
    }
  }

  @Override
  public void download(Buffer source, MemorySegment target) {
    try (Turn _ = turn.take()) {
      OperandChecks.copy(target, source);
      gpu.download(source, target);
      turn.read();
    }
  }

  @Override
  public void fill(Buffer target, float value) {
    try (Turn _ = turn.take()) {
      kernels.of("fill").at(target).real(value).count(target.length()).launch(target.length());
    }
  }

  @Override
  public void repeat(Object key, Runnable operations) {
    try (Turn _ = turn.take()) {
      recordings.repeat(key, operations);
    }
  }

  @Override
  public Optional<HeldImages> hold(MemorySegment images, int imageBytes) {
    try (Turn _ = turn.take()) {
      return held.of(images, imageBytes);
    }
  }

  // ---- products and normalisation ----

  @Override
  public Products integer() {
    throw new DeviceException(
        "there are no GPU kernels for the arithmetic integer yet; use --device cpu");
  }

  @Override
  public void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    try (Turn _ = turn.take()) {
      products.convForward(x, weight, bias, window, y);
    }
  }

  @Override
  public void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    try (Turn _ = turn.take()) {
      products.convBackwardInput(gradY, weight, window, gradX);
    }
  }

  @Override
  public void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    try (Turn _ = turn.take()) {
      products.convBackwardWeight(x, gradY, window, gradWeight, gradBias);
    }
  }

  @Override
  public void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    try (Turn _ = turn.take()) {
      products.linearForward(x, weight, bias, y);
    }
  }

  @Override
  public void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    try (Turn _ = turn.take()) {
      products.linearBackwardInput(gradY, weight, gradX);
    }
  }

  @Override
  public void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    try (Turn _ = turn.take()) {
      products.linearBackwardWeight(x, gradY, gradWeight, gradBias);
    }
  }

  @Override
  public void scaleForward(Tensor x, Buffer scale, Buffer shift, Tensor y) {
    try (Turn _ = turn.take()) {
      normalization.scaleForward(x, scale, shift, y);
    }
  }

  @Override
  public void batchNormStatistics(Tensor x, Buffer mean, Buffer variance) {
    try (Turn _ = turn.take()) {
      normalization.batchNormStatistics(x, mean, variance);
    }
  }

  @Override
  public void batchNormForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y) {
    try (Turn _ = turn.take()) {
      normalization.batchNormForward(x, mean, variance, gamma, beta, y);
    }
  }

  @Override
  public void batchNormBackward(
      Tensor x,
      Tensor gradY,
      Buffer mean,
      Buffer variance,
      Buffer gamma,
      boolean frozen,
      Buffer gradGamma,
      Buffer gradBeta,
      Tensor gradX) {
    try (Turn _ = turn.take()) {
      normalization.batchNormBackward(
          x, gradY, mean, variance, gamma, frozen, gradGamma, gradBeta, gradX);
    }
  }

  @Override
  public void batchNormUpdate(
      Buffer mean,
      Buffer variance,
      long count,
      float momentum,
      Buffer runningMean,
      Buffer runningVariance) {
    try (Turn _ = turn.take()) {
      normalization.batchNormUpdate(mean, variance, count, momentum, runningMean, runningVariance);
    }
  }

  // ---- elementwise and pooling ----

  @Override
  public void reluForward(Tensor x, Tensor y) {
    try (Turn _ = turn.take()) {
      pointwise.reluForward(x, y);
    }
  }

  @Override
  public void reluBackward(Tensor y, Tensor gradY, Tensor gradX) {
    try (Turn _ = turn.take()) {
      pointwise.reluBackward(y, gradY, gradX);
    }
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {
    try (Turn _ = turn.take()) {
      pointwise.add(a, b, y);
    }
  }

  @Override
  public void maxPoolForward(Tensor x, Window window, Tensor y) {
    try (Turn _ = turn.take()) {
      pointwise.maxPoolForward(x, window, y);
    }
  }

  @Override
  public void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX) {
    try (Turn _ = turn.take()) {
      pointwise.maxPoolBackward(x, gradY, window, gradX);
    }
  }

  @Override
  public void averagePoolForward(Tensor x, Tensor y) {
    try (Turn _ = turn.take()) {
      pointwise.averagePoolForward(x, y);
    }
  }

  @Override
  public void averagePoolBackward(Tensor gradY, Tensor gradX) {
    try (Turn _ = turn.take()) {
      pointwise.averagePoolBackward(gradY, gradX);
    }
  }

  // ---- loss and optimisers ----

  @Override
  public void softmaxCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    try (Turn _ = turn.take()) {
      learning.softmax(logits, labels, null, loss, gradLogits);
    }
  }

  @Override
  public void weightedSoftmaxCrossEntropy(
      Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits) {
    try (Turn _ = turn.take()) {
      OperandChecks.weights(weights, logits.shape());
      learning.softmax(logits, labels, weights, loss, gradLogits);
    }
  }

  @Override
  public void sigmoidCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    try (Turn _ = turn.take()) {
      learning.sigmoid(logits, labels, loss, gradLogits);
    }
  }

  @Override
  public long countNonFinite(Buffer values) {
    try (Turn _ = turn.take()) {
      return learning.countNonFinite(values);
    }
  }

  @Override
  public void sgdStep(
      Buffer parameter,
      Buffer gradient,
      Buffer velocity,
      float learningRate,
      float momentum,
      float weightDecay) {
    try (Turn _ = turn.take()) {
      learning.sgdStep(parameter, gradient, velocity, learningRate, momentum, weightDecay);
    }
  }

  @Override
  public void adamStep(Buffer parameter, Buffer gradient, Buffer first, Buffer second, AdamStep c) {
    try (Turn _ = turn.take()) {
      learning.adamStep(parameter, gradient, first, second, c);
    }
  }

  @Override
  public void close() {
    if (turn.end()) {
      gpu.close();
    }
  }
}
