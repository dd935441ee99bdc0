package dev.unerring.backend.cuda;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Exactness;
import dev.unerring.backend.HeldImages;
import dev.unerring.backend.OperandChecks;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Window;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The kernels of {@code native/cuda} on the first NVIDIA GPU: one stream, one thread for the chain
 * of every output. The bits are those of {@link ReferenceBackend} on any GPU.
 */
public sealed class CudaBackend implements Backend permits CudnnBackend {
  /** Threads of a block of the losses. */
  private static final int SAMPLES = 64;

  private static final int COUNT_WORDS = 2;

  final Gpu gpu;
  private final KernelCode.Loaded code;
  final Kernels kernels;
  final CudaSums sums;
  private final CudaProducts products;
  private final CudaNormalization normalization;
  private final CudaLosses losses;
  private final Buffer counter;
  private final Recordings recordings;
  private final Map<MemorySegment, Optional<HeldImages>> held;

  CudaBackend(CudaStatus status) {
    gpu = Gpu.open(status);
    try {
      code = KernelCode.load(gpu);
      kernels = new Kernels(gpu, code.module());
      counter = gpu.allocate(COUNT_WORDS);
    } catch (RuntimeException | Error e) {
      gpu.closeAfter(e);
      throw e;
    }
    sums = new CudaSums(gpu, kernels);
    products = new CudaProducts(gpu, kernels, sums);
    normalization = new CudaNormalization(kernels, sums);
    losses = new CudaLosses(gpu, kernels, sums);
    recordings = new Recordings(gpu);
    held = new LinkedHashMap<>();
  }

  /** The ordered operations over the memory of another backend, which closes it. */
  CudaBackend(CudaBackend other) {
    gpu = other.gpu;
    code = other.code;
    kernels = other.kernels;
    counter = other.counter;
    sums = other.sums;
    products = other.products;
    normalization = other.normalization;
    losses = other.losses;
    recordings = other.recordings;
    held = other.held;
  }

  /**
   * Opens the first GPU and loads the kernels.
   *
   * @param status what was found on this machine
   * @throws dev.unerring.base.DeviceException with the doctor's sentence where no GPU can be used
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
    return gpu.freeMemory();
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Exactness exactness() {
    return Exactness.BITWISE;
  }

  @Override
  public Buffer allocate(long words) {
    return gpu.allocate(words);
  }

  @Override
  public void upload(MemorySegment source, Buffer target) {
    OperandChecks.copy(source, target);
    gpu.upload(source, target);
  }

  @Override
  public void download(Buffer source, MemorySegment target) {
    OperandChecks.copy(target, source);
    gpu.download(source, target);
  }

  @Override
  public void fill(Buffer target, float value) {
    kernels.of("fill").at(target).real(value).count(target.length()).launch(target.length());
  }

  @Override
  public void repeat(Object key, Runnable operations) {
    recordings.repeat(key, operations);
  }

  @Override
  public Optional<HeldImages> hold(MemorySegment images, int imageBytes) {
    return held.computeIfAbsent(
        images,
        bytes ->
            bytes.byteSize() > gpu.freeMemory() / 2
                ? Optional.empty()
                : Optional.of(new CudaImages(gpu, kernels, bytes, imageBytes)));
  }

  // ---- products and normalisation ----

  @Override
  public void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    products.convForward(x, weight, bias, window, y);
  }

  @Override
  public void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    products.convBackwardInput(gradY, weight, window, gradX);
  }

  @Override
  public void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    products.convBackwardWeight(x, gradY, window, gradWeight, gradBias);
  }

  @Override
  public void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    products.linearForward(x, weight, bias, y);
  }

  @Override
  public void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    products.linearBackwardInput(gradY, weight, gradX);
  }

  @Override
  public void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    products.linearBackwardWeight(x, gradY, gradWeight, gradBias);
  }

  @Override
  public void scaleForward(Tensor x, Buffer scale, Buffer shift, Tensor y) {
    normalization.scaleForward(x, scale, shift, y);
  }

  @Override
  public void batchNormStatistics(Tensor x, Buffer mean, Buffer variance) {
    normalization.batchNormStatistics(x, mean, variance);
  }

  @Override
  public void batchNormForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y) {
    normalization.batchNormForward(x, mean, variance, gamma, beta, y);
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
    normalization.batchNormBackward(
        x, gradY, mean, variance, gamma, frozen, gradGamma, gradBeta, gradX);
  }

  @Override
  public void batchNormUpdate(
      Buffer mean,
      Buffer variance,
      long count,
      float momentum,
      Buffer runningMean,
      Buffer runningVariance) {
    normalization.batchNormUpdate(mean, variance, count, momentum, runningMean, runningVariance);
  }

  // ---- elementwise and pooling ----

  @Override
  public void reluForward(Tensor x, Tensor y) {
    OperandChecks.channels(x, y);
    long elements = x.shape().elements();
    kernels.of("relu_forward").at(x).at(y).count(elements).launch(elements);
  }

  @Override
  public void reluBackward(Tensor y, Tensor gradY, Tensor gradX) {
    OperandChecks.channels(y, gradY);
    OperandChecks.channels(y, gradX);
    long elements = y.shape().elements();
    kernels.of("relu_backward").at(y).at(gradY).at(gradX).count(elements).launch(elements);
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {
    OperandChecks.channels(a, b);
    OperandChecks.channels(a, y);
    long elements = a.shape().elements();
    kernels.of("add").at(a).at(b).at(y).count(elements).launch(elements);
  }

  @Override
  public void maxPoolForward(Tensor x, Window window, Tensor y) {
    OperandChecks.pool(x, window, y);
    long elements = y.shape().elements();
    pool(kernels.of("max_pool_forward").at(x).at(y), x.shape(), y.shape(), window)
        .count(elements)
        .launch(elements);
  }

  @Override
  public void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX) {
    OperandChecks.pool(x, window, gradY);
    OperandChecks.channels(x, gradX);
    long elements = x.shape().elements();
    Kernels begun = kernels.of("max_pool_backward").at(x).at(gradY).at(gradX);
    pool(begun, x.shape(), gradY.shape(), window).count(elements).launch(elements);
  }

  private static Kernels pool(Kernels kernels, Shape in, Shape out, Window w) {
    return kernels.words(
        in.d(),
        in.h(),
        in.w(),
        in.c(),
        out.d(),
        out.h(),
        out.w(),
        w.kd(),
        w.kh(),
        w.kw(),
        w.stride());
  }

  @Override
  public void averagePoolForward(Tensor x, Tensor y) {
    OperandChecks.averagePool(x, y);
    Shape s = x.shape();
    long elements = y.shape().elements();
    kernels.of("average_pool_forward").at(x).at(y).number(s.positions()).number(s.c());
    kernels.count(elements).launch(Math.ceilDiv(elements, SAMPLES), 1, 1, SAMPLES, 1);
  }

  @Override
  public void averagePoolBackward(Tensor gradY, Tensor gradX) {
    OperandChecks.averagePool(gradX, gradY);
    Shape s = gradX.shape();
    kernels.of("average_pool_backward").at(gradY).at(gradX).number(s.positions()).number(s.c());
    kernels.count(s.elements()).launch(s.elements());
  }

  // ---- loss and optimisers ----

  @Override
  public void softmaxCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    losses.softmax(logits, labels, null, loss, gradLogits);
  }

  @Override
  public void weightedSoftmaxCrossEntropy(
      Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits) {
    OperandChecks.weights(weights, logits.shape());
    losses.softmax(logits, labels, weights, loss, gradLogits);
  }

  @Override
  public void sigmoidCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    losses.sigmoid(logits, labels, loss, gradLogits);
  }

  @Override
  public long countNonFinite(Buffer values) {
    gpu.clear(counter);
    kernels.of("count_non_finite").at(values).at(counter).count(values.length());
    kernels.launch(values.length());
    long[] count = new long[1];
    gpu.download(counter, MemorySegment.ofArray(count));
    return count[0];
  }

  @Override
  public void sgdStep(
      Buffer parameter,
      Buffer gradient,
      Buffer velocity,
      float learningRate,
      float momentum,
      float weightDecay) {
    OperandChecks.sameLength(parameter, gradient, velocity);
    kernels
        .of("sgd_step")
        .at(parameter)
        .at(gradient)
        .at(velocity)
        .real(learningRate)
        .real(momentum)
        .real(weightDecay)
        .count(parameter.length())
        .launch(parameter.length());
  }

  @Override
  public void adamStep(Buffer parameter, Buffer gradient, Buffer first, Buffer second, AdamStep c) {
    OperandChecks.sameLength(parameter, gradient, first, second);
    kernels
        .of("adam_step")
        .at(parameter)
        .at(gradient)
        .at(first)
        .at(second)
        .real(c.beta1())
        .real(c.oneMinusBeta1())
        .real(c.beta2())
        .real(c.oneMinusBeta2())
        .real(c.rate())
        .real(c.correction())
        .real(c.epsilon())
        .real(c.weightDecay())
        .count(parameter.length())
        .launch(parameter.length());
  }

  @Override
  public void close() {
    gpu.close();
  }
}
