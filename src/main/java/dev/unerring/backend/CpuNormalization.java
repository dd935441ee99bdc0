// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Scaling and batch norm of {@link CpuBackend}. The fields are the operands of the operation under
 * way, so that its ranges are made once and a step allocates nothing.
 */
final class CpuNormalization {
  private final CpuTeam team;
  private final CpuScratch inverseDeviation;
  private final CpuScratch gradientSums;
  private MemorySegment x;
  private MemorySegment y;
  private MemorySegment gradY;
  private MemorySegment gradX;
  private MemorySegment mean;
  private MemorySegment inverse;
  private MemorySegment gamma;
  private MemorySegment beta;
  private MemorySegment means;
  private MemorySegment parts;
  private MemorySegment words;
  private long channels;
  private long relu;

  private final Workers.Range scale = this::scale;
  private final Workers.Range squares = this::squares;
  private final Workers.Range forward = this::forward;
  private final Workers.Range sums = this::sums;
  private final Workers.Range backward = this::backward;

  CpuNormalization(CpuTeam team) {
    this.team = team;
    inverseDeviation = team.scratch();
    gradientSums = team.scratch();
  }

  private void scale(long begin, long end) {
    team.kernels.scaleForward(x, gamma, beta, y, channels, begin, end);
  }

  private void squares(long begin, long end) {
    team.kernels.channelSquares(x, mean, parts, words, begin, end);
  }

  private void forward(long begin, long end) {
    team.kernels.batchNormForward(x, mean, inverse, gamma, beta, y, channels, relu, begin, end);
  }

  private void sums(long begin, long end) {
    team.kernels.batchNormSums(x, gradY, mean, inverse, gamma, beta, parts, words, begin, end);
  }

  private void backward(long begin, long end) {
    team.kernels.batchNormBackward(
        x, gradY, mean, inverse, gamma, beta, means, gradX, channels, begin, end);
  }

  void scaleForward(Tensor in, Buffer factor, Buffer shift, Tensor out) {
    OperandChecks.channels(in, out, factor, shift);
    x = CpuTeam.memory(in);
    gamma = factor.memory();
    beta = shift.memory();
    y = CpuTeam.memory(out);
    channels = in.shape().c();
    team.positions(in, scale);
  }

  void batchNormStatistics(Tensor in, Buffer toMean, Buffer toVariance) {
    OperandChecks.channels(in, in, toMean, toVariance);
    Shape s = in.shape();
    ChunkedSum sum = team.sum(s);
    float count = (float) ((long) s.n() * s.positions());
    team.channelSums(CpuTeam.memory(in), sum, toMean.memory(), s.c());
    team.kernels.divide(toMean.memory(), toMean.memory(), count, 0, s.c());
    x = CpuTeam.memory(in);
    mean = toMean.memory();
    parts = team.partial.floats((long) sum.chunks() * s.c());
    words = sum.words();
    team.workers.run(sum.chunks(), 1, squares);
    team.reduceTree(parts, toVariance.memory(), sum.chunks(), s.c());
    team.kernels.divide(toVariance.memory(), toVariance.memory(), count, 0, s.c());
  }

  void batchNormForward(
      Tensor in,
      Buffer statisticsMean,
      Buffer variance,
      Buffer factor,
      Buffer shift,
      boolean rectified,
      Tensor out) {
    OperandChecks.channels(in, out, statisticsMean, variance, factor, shift);
    operands(in, statisticsMean, variance, factor);
    beta = shift.memory();
    y = CpuTeam.memory(out);
    relu = rectified ? 1 : 0;
    team.positions(in, forward);
  }

  /**
   * Backward, with the ReLU behind it where there is a shift: it is the sign of the output that
   * counts, and that is computed again.
   */
  void batchNormBackward(
      Tensor in,
      Tensor gradient,
      Buffer statisticsMean,
      Buffer variance,
      Buffer factor,
      Buffer shift,
      boolean frozen,
      Buffer gradGamma,
      Buffer gradBeta,
      Tensor result) {
    OperandChecks.channels(in, gradient, statisticsMean, variance, factor, gradGamma, gradBeta);
    OperandChecks.channels(in, result);
    Shape s = in.shape();
    operands(in, statisticsMean, variance, factor);
    beta = shift == null ? MemorySegment.NULL : shift.memory();
    gradY = CpuTeam.memory(gradient);
    gradX = CpuTeam.memory(result);
    ChunkedSum sum = team.sum(s);
    parts = team.partial.floats(2L * sum.chunks() * channels);
    words = sum.words();
    team.workers.run(sum.chunks(), 1, sums);
    MemorySegment both = gradientSums.floats(2 * channels);
    team.reduceTree(parts, both, sum.chunks(), 2 * channels);
    long bytes = channels * Float.BYTES;
    MemorySegment.copy(both, 0, gradBeta.memory(), 0, bytes);
    MemorySegment.copy(both, bytes, gradGamma.memory(), 0, bytes);
    if (frozen) {
      means = MemorySegment.NULL;
    } else {
      float count = (float) ((long) s.n() * s.positions());
      team.kernels.divide(both, both, count, 0, 2 * channels);
      means = both;
    }
    team.positions(in, backward);
  }

  private void operands(Tensor in, Buffer statisticsMean, Buffer variance, Buffer factor) {
    x = CpuTeam.memory(in);
    mean = statisticsMean.memory();
    gamma = factor.memory();
    channels = in.shape().c();
    inverse = inverseDeviation.floats(channels);
    team.kernels.inverseDeviation(variance.memory(), inverse, 0, channels);
  }

  void batchNormUpdate(
      Buffer batchMean,
      Buffer batchVariance,
      long count,
      float momentum,
      Buffer runningMean,
      Buffer runningVariance) {
    OperandChecks.update(batchMean, batchVariance, count, runningMean, runningVariance);
    float unbiased = (float) ((double) count / (double) (count - 1));
    team.kernels.batchNormUpdate(
        batchMean.memory(),
        batchVariance.memory(),
        unbiased,
        momentum,
        runningMean.memory(),
        runningVariance.memory(),
        0,
        runningMean.length());
  }
}
