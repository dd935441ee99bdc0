package dev.unerring.backend;

import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.KernelSet;
import dev.unerring.ffi.NativeLibrary;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The C kernels of {@code native/cpu}, cut into ranges for a team of threads. The bits are those of
 * {@link ReferenceBackend} for any number of threads and any kernel set.
 */
public final class CpuBackend implements Backend {
  private final CpuTeam team;
  private final CpuProducts products;
  private final CpuNormalization normalization;
  private final ReferenceBackend definition = new ReferenceBackend();

  /** A backend on bound kernels with its own threads, the calling one included. */
  CpuBackend(CpuKernels kernels, int threads) {
    team = new CpuTeam(kernels, threads);
    products = new CpuProducts(team);
    normalization = new CpuNormalization(team);
  }

  /**
   * Finds the native library and starts the threads.
   *
   * @param kernelSet auto, avx512, avx2, neon or portable
   * @param threads at least 1, the calling thread included
   * @throws dev.unerring.base.DeviceException where the library or the set cannot be had
   */
  public static CpuBackend open(String kernelSet, int threads) {
    NativeLibrary library = NativeLibrary.search("cpu").require("cpu");
    KernelSet set =
        kernelSet.equals("auto") ? CpuKernels.best(library) : KernelSet.parse(kernelSet);
    return new CpuBackend(new CpuKernels(library, set), threads);
  }

  /** Name of the kernel set in use. */
  public String kernelSet() {
    return team.kernels.set().label();
  }

  /** File of the native library in use. */
  public String libraryPath() {
    return team.kernels.library().path().toString();
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public Exactness exactness() {
    return Exactness.BITWISE;
  }

  @Override
  public Buffer allocate(long words) {
    return new Buffer(
        CpuScratch.allocate(team.arena, Math.multiplyExact(words, (long) Float.BYTES)));
  }

  @Override
  public void upload(MemorySegment source, Buffer target) {
    OperandChecks.copy(source, target);
    MemorySegment.copy(source, 0, target.memory(), 0, source.byteSize());
  }

  @Override
  public void download(Buffer source, MemorySegment target) {
    OperandChecks.copy(target, source);
    MemorySegment.copy(source.memory(), 0, target, 0, target.byteSize());
  }

  @Override
  public void fill(Buffer target, float value) {
    for (long i = 0; i < target.length(); i++) {
      target.memory().setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
    }
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
    // A handful of channels: the definition itself, in Java, on this backend's memory.
    definition.batchNormUpdate(mean, variance, count, momentum, runningMean, runningVariance);
  }

  // ---- elementwise and pooling ----

  @Override
  public void reluForward(Tensor x, Tensor y) {
    OperandChecks.channels(x, y);
    team.workers.run(
        x.shape().elements(),
        CpuTeam.SMALL,
        (begin, end) -> team.kernels.reluForward(CpuTeam.memory(x), CpuTeam.memory(y), begin, end));
  }

  @Override
  public void reluBackward(Tensor y, Tensor gradY, Tensor gradX) {
    OperandChecks.channels(y, gradY);
    OperandChecks.channels(y, gradX);
    team.workers.run(
        y.shape().elements(),
        CpuTeam.SMALL,
        (begin, end) ->
            team.kernels.reluBackward(
                CpuTeam.memory(y), CpuTeam.memory(gradY), CpuTeam.memory(gradX), begin, end));
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {
    OperandChecks.channels(a, b);
    OperandChecks.channels(a, y);
    team.workers.run(
        a.shape().elements(),
        CpuTeam.SMALL,
        (begin, end) ->
            team.kernels.add(CpuTeam.memory(a), CpuTeam.memory(b), CpuTeam.memory(y), begin, end));
  }

  @Override
  public void maxPoolForward(Tensor x, Window window, Tensor y) {
    OperandChecks.pool(x, window, y);
    MemorySegment words = poolWords(x.shape(), y.shape(), window);
    Shape out = y.shape();
    team.workers.run(
        (long) out.n() * out.d() * out.h(),
        CpuTeam.atLeast(CpuTeam.SMALL, (long) out.w() * out.c() * window.taps()),
        (begin, end) ->
            team.kernels.maxPoolForward(CpuTeam.memory(x), CpuTeam.memory(y), words, begin, end));
  }

  @Override
  public void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX) {
    OperandChecks.pool(x, window, gradY);
    OperandChecks.channels(x, gradX);
    MemorySegment words = poolWords(x.shape(), gradY.shape(), window);
    team.workers.run(
        x.shape().n(),
        CpuTeam.atLeast(CpuTeam.SMALL, x.shape().imageElements()),
        (begin, end) ->
            team.kernels.maxPoolBackward(
                CpuTeam.memory(x),
                CpuTeam.memory(gradY),
                CpuTeam.memory(gradX),
                words,
                begin,
                end));
  }

  @Override
  public void averagePoolForward(Tensor x, Tensor y) {
    OperandChecks.averagePool(x, y);
    Shape s = x.shape();
    team.workers.run(
        s.n(),
        CpuTeam.atLeast(CpuTeam.SMALL, s.imageElements()),
        (begin, end) ->
            team.kernels.averagePoolForward(
                CpuTeam.memory(x), CpuTeam.memory(y), s.positions(), s.c(), begin, end));
  }

  @Override
  public void averagePoolBackward(Tensor gradY, Tensor gradX) {
    OperandChecks.averagePool(gradX, gradY);
    Shape s = gradX.shape();
    team.workers.run(
        s.n(),
        CpuTeam.atLeast(CpuTeam.SMALL, s.imageElements()),
        (begin, end) ->
            team.kernels.averagePoolBackward(
                CpuTeam.memory(gradY), CpuTeam.memory(gradX), s.positions(), s.c(), begin, end));
  }

  // ---- loss and optimisers ----

  @Override
  public void softmaxCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    softmax(logits, labels, null, loss, gradLogits);
  }

  @Override
  public void weightedSoftmaxCrossEntropy(
      Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits) {
    OperandChecks.weights(weights, logits.shape());
    softmax(logits, labels, weights.memory(), loss, gradLogits);
  }

  private void softmax(
      Tensor logits, Buffer labels, MemorySegment weights, Buffer loss, Tensor gradLogits) {
    OperandChecks.loss(logits, labels, loss, gradLogits);
    OperandChecks.labels(labels, logits.shape());
    int samples = logits.shape().n();
    int classes = logits.shape().imageElements();
    float inverseCount = (float) (1.0 / samples);
    MemorySegment losses = team.vectors.floats(samples);
    team.workers.run(
        samples,
        CpuTeam.SMALL,
        (begin, end) ->
            team.kernels.softmaxCrossEntropy(
                CpuTeam.memory(logits),
                labels.memory(),
                losses,
                CpuTeam.memory(gradLogits),
                classes,
                inverseCount,
                begin,
                end));
    if (weights != null) { // a handful of values a sample, on the calling thread
      MemorySegment gradient = CpuTeam.memory(gradLogits);
      team.kernels.weightSamples(weights, losses, gradient, classes, 0, samples);
    }
    meanLoss(losses, samples, inverseCount, loss);
  }

  @Override
  public void sigmoidCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    OperandChecks.sigmoidLoss(logits, labels, loss, gradLogits);
    int samples = logits.shape().n();
    int columns = logits.shape().imageElements();
    float inverseCount = (float) (1.0 / ((double) samples * columns));
    MemorySegment losses = team.vectors.floats(samples);
    team.workers.run(
        samples,
        CpuTeam.SMALL,
        (begin, end) ->
            team.kernels.sigmoidCrossEntropy(
                CpuTeam.memory(logits),
                labels.memory(),
                losses,
                CpuTeam.memory(gradLogits),
                columns,
                inverseCount,
                begin,
                end));
    meanLoss(losses, samples, inverseCount, loss);
  }

  private void meanLoss(MemorySegment losses, int samples, float inverseCount, Buffer loss) {
    Chunks chunks = Chunks.flat(samples);
    MemorySegment parts = team.partial.floats(chunks.count());
    team.kernels.channelSums(losses, parts, team.sumWords(chunks, 1), 0, chunks.count());
    team.reduceTree(parts, loss, chunks.count());
    float sum = loss.memory().getAtIndex(ValueLayout.JAVA_FLOAT, 0);
    loss.memory().setAtIndex(ValueLayout.JAVA_FLOAT, 0, sum * inverseCount);
  }

  @Override
  public long countNonFinite(Buffer values) {
    return team.kernels.countNonFinite(values.memory(), 0, values.length());
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
    team.workers.run(
        parameter.length(),
        CpuTeam.SMALL,
        (begin, end) ->
            team.kernels.sgdStep(
                parameter.memory(),
                gradient.memory(),
                velocity.memory(),
                learningRate,
                momentum,
                weightDecay,
                begin,
                end));
  }

  @Override
  public void adamStep(Buffer parameter, Buffer gradient, Buffer first, Buffer second, AdamStep c) {
    OperandChecks.sameLength(parameter, gradient, first, second);
    float[] values = {
      c.beta1(), c.oneMinusBeta1(), c.beta2(), c.oneMinusBeta2(),
      c.rate(), c.correction(), c.epsilon(), c.weightDecay()
    };
    MemorySegment constants = team.vectors.floats(values.length);
    MemorySegment.copy(values, 0, constants, ValueLayout.JAVA_FLOAT, 0, values.length);
    team.workers.run(
        parameter.length(),
        CpuTeam.SMALL,
        (begin, end) ->
            team.kernels.adamStep(
                parameter.memory(),
                gradient.memory(),
                first.memory(),
                second.memory(),
                constants,
                begin,
                end));
  }

  @Override
  public void close() {
    team.close();
  }

  private MemorySegment poolWords(Shape in, Shape out, Window w) {
    return team.words(
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
}
