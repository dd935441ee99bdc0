// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.UnerringException;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.KernelSet;
import dev.unerring.ffi.NativeLibrary;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;

/**
 * The C kernels of {@code native/cpu}, cut into ranges for a team of threads. The bits are those of
 * {@link ReferenceBackend} for any number of threads and any kernel set.
 */
public final class CpuBackend implements Backend {
  private final Turn turn = new Turn();
  private final CpuTeam team;
  private final CpuProducts products;
  private final CpuNormalization normalization;
  private final CpuPointwise pointwise;
  private final CpuLearning learning;
  private final Products integer;
  private long buffers;

  /** A backend on bound kernels with its own threads, the calling one included. */
  CpuBackend(CpuKernels kernels, int threads) {
    this(kernels, threads, Arena::ofShared);
  }

  CpuBackend(CpuKernels kernels, int threads, Supplier<Arena> arenas) {
    team = new CpuTeam(kernels, threads, arenas);
    products = new CpuProducts(team);
    normalization = new CpuNormalization(team);
    pointwise = new CpuPointwise(team);
    learning = new CpuLearning(team);
    integer = new CpuInteger(team, turn);
  }

  /**
   * Finds the native library and starts the threads.
   *
   * @param kernelSet auto, avx512, avx2, neon or portable
   * @param threads at least 1, the calling thread included
   * @throws dev.unerring.DeviceException where the library, the set or the threads cannot be had
   */
  public static CpuBackend open(String kernelSet, int threads) {
    return new CpuBackend(kernels(kernelSet), threads);
  }

  /**
   * Binds the kernels ahead of {@link #open}: what the JVM generates for the calls it keeps. Says
   * nothing where that fails.
   */
  public static void prepare(String kernelSet) {
    try {
      kernels(kernelSet);
    } catch (UnerringException e) {
      // open fails in the same way, with a user to tell
    }
  }

  private static CpuKernels kernels(String kernelSet) {
    NativeLibrary library = NativeLibrary.search("cpu").require("cpu");
    KernelSet set =
        kernelSet.equals("auto") ? CpuKernels.best(library) : KernelSet.parse(kernelSet);
    return new CpuKernels(library, set);
  }

  /** Bytes of all buffers and of the kernels' working memory. */
  long bytes() {
    return buffers + team.bytes();
  }

  /** Name of the kernel set in use. */
  public String kernelSet() {
    return team.kernels.set().label();
  }

  /** Threads, the calling one included. */
  public int threads() {
    return team.workers.count();
  }

  /** File of the native library in use, or its place in the jar. */
  public String libraryPath() {
    return team.kernels.library().path().toString();
  }

  /** Hash of the native library in use. */
  public String librarySha256() {
    return team.kernels.library().sha256();
  }

  /** Whether this program has kernels for this platform at all. */
  public static boolean carried() {
    return NativeLibrary.search("cpu").carried();
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public boolean hostMemory() {
    return true;
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
    long bytes = Math.multiplyExact(words, (long) Float.BYTES);
    try (Turn _ = turn.take()) {
      Buffer buffer = new Buffer(CpuScratch.allocate(team.arena, bytes));
      buffers += bytes;
      return buffer;
    }
  }

  @Override
  public void upload(MemorySegment source, Buffer target) {
    try (Turn _ = turn.take()) {
      OperandChecks.copy(source, target);
      MemorySegment.copy(source, 0, target.memory(), 0, source.byteSize());
    }
  }

  @Override
  public void download(Buffer source, MemorySegment target) {
    try (Turn _ = turn.take()) {
      OperandChecks.copy(target, source);
      MemorySegment.copy(source.memory(), 0, target, 0, target.byteSize());
      turn.read();
    }
  }

  @Override
  public void fill(Buffer target, float value) {
    try (Turn _ = turn.take()) {
      int bits = Float.floatToRawIntBits(value);
      for (long i = 0; i < target.length(); i++) {
        target.memory().setAtIndex(ValueLayout.JAVA_INT, i, bits);
      }
    }
  }

  @Override
  public Products integer() {
    return integer;
  }

  // ---- products and normalisation ----

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
      normalization.batchNormForward(x, mean, variance, gamma, beta, false, y);
    }
  }

  @Override
  public void batchNormReluForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y) {
    try (Turn _ = turn.take()) {
      normalization.batchNormForward(x, mean, variance, gamma, beta, true, y);
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
          x, gradY, mean, variance, gamma, null, frozen, gradGamma, gradBeta, gradX);
    }
  }

  @Override
  public void batchNormReluBackward(
      Tensor x,
      Tensor y,
      Tensor gradY,
      Buffer mean,
      Buffer variance,
      Buffer gamma,
      Buffer beta,
      boolean frozen,
      Buffer gradGamma,
      Buffer gradBeta,
      Tensor gradX) {
    try (Turn _ = turn.take()) {
      OperandChecks.channels(x, y, beta);
      normalization.batchNormBackward(
          x, gradY, mean, variance, gamma, beta, frozen, gradGamma, gradBeta, gradX);
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
  public void addRelu(Tensor a, Tensor b, Tensor y) {
    try (Turn _ = turn.take()) {
      pointwise.addRelu(a, b, y);
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
      learning.softmaxCrossEntropy(logits, labels, loss, gradLogits);
    }
  }

  @Override
  public void weightedSoftmaxCrossEntropy(
      Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits) {
    try (Turn _ = turn.take()) {
      learning.weightedSoftmaxCrossEntropy(logits, labels, weights, loss, gradLogits);
    }
  }

  @Override
  public void sigmoidCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    try (Turn _ = turn.take()) {
      learning.sigmoidCrossEntropy(logits, labels, loss, gradLogits);
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
      team.close();
    }
  }
}
