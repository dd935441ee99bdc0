// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.ffi.NativeHandle;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Counts the memory that {@link CpuBackend} takes for the same calls, and computes nothing: its
 * buffers have a size and no memory behind them, so nothing may be read from them or written there.
 * The kernels' working memory grows as that of the CPU does.
 */
public final class CountingBackend implements Backend {
  private static final NativeHandle NOWHERE = new NativeHandle(MemorySegment.NULL, nothing -> {});

  private final Arena arena = Arena.ofConfined();
  private final Turn turn = new Turn();
  private final Products integer = new Whole();
  private final int threads;
  private final Grown packed = new Grown();
  private final Grown partial = new Grown();
  private final Grown vectors = new Grown();
  private final Grown losses = new Grown();
  private final Grown deviations = new Grown();
  private final Grown sums = new Grown();
  private final Grown adam = new Grown();
  private final Grown pieces = new Grown();
  private long pieceFloats;
  private long buffers;

  /** Bytes of a {@link CpuScratch} with the same calls. */
  private static final class Grown {
    private long bytes;

    void floats(long floats) {
      bytes = CpuScratch.grown(bytes, floats);
    }
  }

  /** Counts for this many threads. */
  public CountingBackend(int threads) {
    this.threads = threads;
  }

  /** Bytes of all buffers. */
  public long bufferBytes() {
    return buffers;
  }

  /** Bytes of all buffers and of the kernels' working memory. */
  public long bytes() {
    return buffers
        + packed.bytes
        + partial.bytes
        + vectors.bytes
        + losses.bytes
        + deviations.bytes
        + sums.bytes
        + adam.bytes
        + pieces.bytes;
  }

  @Override
  public String name() {
    return "counting";
  }

  @Override
  public Exactness exactness() {
    return Exactness.TOLERANCE;
  }

  @Override
  public Turn turn() {
    return turn;
  }

  @Override
  public Buffer allocate(long words) {
    long bytes = Math.multiplyExact(words, (long) Float.BYTES);
    buffers = Math.addExact(buffers, bytes);
    return new Buffer(NOWHERE.memory(bytes));
  }

  @Override
  public void upload(MemorySegment source, Buffer target) {}

  @Override
  public void download(Buffer source, MemorySegment target) {}

  @Override
  public void fill(Buffer target, float value) {}

  // ---- products ----

  @Override
  public void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    product(TapPlan.forward(x.shape(), y.shape(), window, arena));
  }

  @Override
  public void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    product(TapPlan.backward(gradX.shape(), gradY.shape(), window, arena));
  }

  @Override
  public void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    Shape out = gradY.shape();
    sums(
        WeightPlan.of(x.shape(), out, window, Chunks.ofPositions(out), arena),
        gradWeight,
        gradBias);
  }

  @Override
  public void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    product(ConvGeometry.linear(x.shape(), y.shape(), arena).forward());
  }

  @Override
  public void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    product(ConvGeometry.linear(gradX.shape(), gradY.shape(), arena).backward());
  }

  @Override
  public void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    sums(ConvGeometry.linear(x.shape(), gradY.shape(), arena).weight(), gradWeight, gradBias);
  }

  @Override
  public Products integer() {
    return integer;
  }

  /** The integer products, which have plans of their own. */
  private final class Whole implements Products {
    private static final Window POINT = Window.square(1, 1, 0);

    @Override
    public void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
      product(x.shape(), y.shape(), window, false, weight);
    }

    @Override
    public void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
      product(gradX.shape(), gradY.shape(), window, true, weight);
    }

    @Override
    public void convBackwardWeight(
        Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
      weights(x, gradY, x.shape(), gradY.shape(), window, gradWeight, gradBias);
    }

    @Override
    public void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
      product(CpuInteger.flat(x.shape()), CpuInteger.flat(y.shape()), POINT, false, weight);
    }

    @Override
    public void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
      product(CpuInteger.flat(gradX.shape()), CpuInteger.flat(gradY.shape()), POINT, true, weight);
    }

    @Override
    public void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
      Shape in = CpuInteger.flat(x.shape());
      weights(x, gradY, in, CpuInteger.flat(gradY.shape()), POINT, gradWeight, gradBias);
    }

    private void product(Shape in, Shape out, Window window, boolean backward, Buffer weight) {
      IntegerPlan plan = IntegerPlan.of(in, out, window, backward, threads, arena);
      packed.floats(IntegerMemory.packed(plan));
      pieces(plan.scratchFloats());
      vectors.floats(IntegerMemory.maxima(weight));
    }

    private void weights(
        Tensor x, Tensor gradY, Shape in, Shape out, Window window, Buffer weight, Buffer bias) {
      IntegerWeightPlan plan = IntegerWeightPlan.of(in, out, window, threads, arena);
      vectors.floats(IntegerMemory.vectors(plan, x, gradY, bias));
      packed.floats(plan.panelFloats() + plan.gradientFloats());
      partial.floats(2 * weight.length());
      pieces(plan.scratchFloats());
    }
  }

  private void product(TapPlan plan) {
    pieces(plan.scratchFloats());
    if (plan.packUnits() > 0) {
      packed.floats(plan.weightFloats() + 1);
    }
  }

  private void sums(WeightPlan plan, Buffer gradWeight, Buffer gradBias) {
    if (plan.runs() > 1) {
      partial.floats(plan.runs() * gradWeight.length());
      vectors.floats(plan.runs() * gradBias.length());
    }
    pieces(plan.scratchFloats());
  }

  private void pieces(long floats) {
    long rounded = ThreadScratch.rounded(floats);
    if (rounded > pieceFloats) {
      pieceFloats = rounded;
      pieces.floats(pieceFloats * threads);
    }
  }

  // ---- normalisation ----

  @Override
  public void scaleForward(Tensor x, Buffer scale, Buffer shift, Tensor y) {}

  @Override
  public void batchNormStatistics(Tensor x, Buffer mean, Buffer variance) {
    partial.floats((long) Chunks.ofPositions(x.shape()).count() * x.shape().c());
  }

  @Override
  public void batchNormForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y) {
    deviations.floats(x.shape().c());
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
    deviations.floats(x.shape().c());
    partial.floats(2L * Chunks.ofPositions(x.shape()).count() * x.shape().c());
    sums.floats(2L * x.shape().c());
  }

  @Override
  public void batchNormUpdate(
      Buffer mean,
      Buffer variance,
      long count,
      float momentum,
      Buffer runningMean,
      Buffer runningVariance) {}

  // ---- element by element ----

  @Override
  public void reluForward(Tensor x, Tensor y) {}

  @Override
  public void reluBackward(Tensor y, Tensor gradY, Tensor gradX) {}

  @Override
  public void maxPoolForward(Tensor x, Window window, Tensor y) {}

  @Override
  public void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX) {}

  @Override
  public void averagePoolForward(Tensor x, Tensor y) {}

  @Override
  public void averagePoolBackward(Tensor gradY, Tensor gradX) {}

  @Override
  public void add(Tensor a, Tensor b, Tensor y) {}

  // ---- learning ----

  @Override
  public void softmaxCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    losses.floats(logits.shape().n());
    partial.floats(Chunks.flat(logits.shape().n()).count());
  }

  @Override
  public void weightedSoftmaxCrossEntropy(
      Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits) {
    softmaxCrossEntropy(logits, labels, loss, gradLogits);
  }

  @Override
  public void sigmoidCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    softmaxCrossEntropy(logits, labels, loss, gradLogits);
  }

  @Override
  public long countNonFinite(Buffer values) {
    return 0;
  }

  @Override
  public void sgdStep(
      Buffer parameter,
      Buffer gradient,
      Buffer velocity,
      float learningRate,
      float momentum,
      float weightDecay) {}

  @Override
  public void adamStep(
      Buffer parameter, Buffer gradient, Buffer first, Buffer second, AdamStep constants) {
    adam.floats(CpuLearning.ADAM_CONSTANTS);
  }

  @Override
  public void close() {
    if (turn.end()) {
      arena.close();
    }
  }
}
