// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Chunks;
import dev.unerring.backend.OperandChecks;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Losses and optimisers of {@link CudaBackend}. Labels are an index, so they are copied back and
 * checked; in a recording nothing can be looked at, and the call before it has checked.
 */
final class CudaLearning {
  /** Threads of a block. */
  private static final int SAMPLES = 64;

  private static final int COUNT_WORDS = 2;

  private final Gpu gpu;
  private final Kernels kernels;
  private final CudaSums sums;
  private final Scratch each;
  private final Buffer counter;

  CudaLearning(Gpu gpu, Kernels kernels, CudaSums sums) {
    this.gpu = gpu;
    this.kernels = kernels;
    this.sums = sums;
    each = new Scratch(gpu);
    counter = gpu.allocate(COUNT_WORDS);
  }

  /** weights: one a sample, or null. */
  void softmax(Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits) {
    OperandChecks.loss(logits, labels, loss, gradLogits);
    if (!gpu.recording()) {
      OperandChecks.labels(onHost(labels, logits.shape().n()), logits.shape());
    }
    float inverseCount = (float) (1.0 / logits.shape().n());
    losses("softmax_cross_entropy", logits, labels, weights, loss, gradLogits, inverseCount);
  }

  void sigmoid(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits) {
    Shape s = logits.shape();
    if (!gpu.recording()) {
      Buffer copy = onHost(labels, Math.min(labels.length(), s.elements()));
      OperandChecks.sigmoidLoss(logits, copy, loss, gradLogits);
    }
    float inverseCount = (float) (1.0 / ((double) s.n() * s.imageElements()));
    losses("sigmoid_cross_entropy", logits, labels, null, loss, gradLogits, inverseCount);
  }

  private void losses(
      String kernel,
      Tensor logits,
      Buffer labels,
      Buffer weights,
      Buffer loss,
      Tensor gradLogits,
      float inverseCount) {
    int samples = logits.shape().n();
    long bytes = (long) samples * Float.BYTES;
    Buffer losses = new Buffer(each.words(samples).asSlice(0, bytes));
    kernels
        .of(kernel)
        .at(logits)
        .at(labels)
        .at(losses)
        .at(gradLogits)
        .number(logits.shape().imageElements())
        .real(inverseCount)
        .number(samples)
        .launch(Math.ceilDiv(samples, SAMPLES), 1, 1, SAMPLES, 1);
    if (weights != null) {
      kernels.of("weight_samples").at(weights).at(losses).at(gradLogits);
      kernels.number(logits.shape().imageElements()).number(samples);
      kernels.launch(Math.ceilDiv(samples, SAMPLES), 1, 1, SAMPLES, 1);
    }
    Tensor all = new Tensor(Shape.vectors(samples, 1), losses);
    Chunks chunks = Chunks.flat(samples);
    sums.channelSums(all, chunks, 1, loss, CudaSums.Then.MULTIPLIED, inverseCount);
  }

  /** A copy of the first words, to be looked at before a kernel uses them as an index. */
  private Buffer onHost(Buffer words, long count) {
    MemorySegment copy = MemorySegment.ofArray(new int[Math.toIntExact(count)]);
    gpu.download(words, copy);
    return new Buffer(copy);
  }

  long countNonFinite(Buffer values) {
    gpu.clear(counter);
    kernels.of("count_non_finite").at(values).at(counter).count(values.length());
    kernels.launch(values.length());
    long[] count = new long[1];
    gpu.download(counter, MemorySegment.ofArray(count));
    return count[0];
  }

  void sgdStep(
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

  void adamStep(Buffer parameter, Buffer gradient, Buffer first, Buffer second, AdamStep c) {
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
}
