package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Scaling and batch norm of {@link CpuBackend}. */
final class CpuNormalization {
  private final CpuTeam team;

  CpuNormalization(CpuTeam team) {
    this.team = team;
  }

  void scaleForward(Tensor x, Buffer scale, Buffer shift, Tensor y) {
    OperandChecks.channels(x, y, scale, shift);
    int c = x.shape().c();
    team.positions(
        x,
        (begin, end) ->
            team.kernels.scaleForward(
                CpuTeam.memory(x),
                scale.memory(),
                shift.memory(),
                CpuTeam.memory(y),
                c,
                begin,
                end));
  }

  void batchNormStatistics(Tensor x, Buffer mean, Buffer variance) {
    OperandChecks.channels(x, x, mean, variance);
    Shape s = x.shape();
    Chunks chunks = Chunks.ofPositions(s);
    float count = (float) ((long) s.n() * s.positions());
    team.channelSums(x, chunks, mean);
    divide(mean, count);
    MemorySegment parts = team.partial.floats((long) chunks.count() * s.c());
    MemorySegment words = team.sumWords(chunks, s.c());
    team.workers.run(
        chunks.count(),
        1,
        (begin, end) ->
            team.kernels.channelSquares(
                CpuTeam.memory(x), mean.memory(), parts, words, begin, end));
    team.reduceTree(parts, variance, chunks.count());
    divide(variance, count);
  }

  void batchNormForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y) {
    OperandChecks.channels(x, y, mean, variance, gamma, beta);
    int c = x.shape().c();
    MemorySegment inverse = inverseDeviation(variance, team.vectors.floats(c));
    team.positions(
        x,
        (begin, end) ->
            team.kernels.batchNormForward(
                CpuTeam.memory(x),
                mean.memory(),
                inverse,
                gamma.memory(),
                beta.memory(),
                CpuTeam.memory(y),
                c,
                begin,
                end));
  }

  void batchNormBackward(
      Tensor x,
      Tensor gradY,
      Buffer mean,
      Buffer variance,
      Buffer gamma,
      boolean frozen,
      Buffer gradGamma,
      Buffer gradBeta,
      Tensor gradX) {
    OperandChecks.channels(x, gradY, mean, variance, gamma, gradGamma, gradBeta);
    OperandChecks.channels(x, gradX);
    Shape s = x.shape();
    int c = s.c();
    Chunks chunks = Chunks.ofPositions(s);
    long bytes = (long) c * Float.BYTES;
    MemorySegment inverse =
        inverseDeviation(variance, team.vectors.floats(5L * c)).asSlice(0, bytes);
    MemorySegment sums = team.vectors.floats(5L * c).asSlice(bytes, 2 * bytes);
    MemorySegment means = team.vectors.floats(5L * c).asSlice(3 * bytes, 2 * bytes);
    MemorySegment parts = team.partial.floats(2L * chunks.count() * c);
    MemorySegment words = team.sumWords(chunks, c);
    team.workers.run(
        chunks.count(),
        1,
        (begin, end) ->
            team.kernels.batchNormSums(
                CpuTeam.memory(x),
                CpuTeam.memory(gradY),
                mean.memory(),
                inverse,
                parts,
                words,
                begin,
                end));
    team.reduceTree(parts, new Buffer(sums), chunks.count());
    MemorySegment.copy(sums, 0, gradBeta.memory(), 0, bytes);
    MemorySegment.copy(sums, bytes, gradGamma.memory(), 0, bytes);
    if (frozen) {
      team.positions(
          x,
          (begin, end) ->
              team.kernels.batchNormBackwardFrozen(
                  CpuTeam.memory(gradY),
                  inverse,
                  gamma.memory(),
                  CpuTeam.memory(gradX),
                  c,
                  begin,
                  end));
      return;
    }
    MemorySegment.copy(sums, 0, means, 0, 2 * bytes);
    divide(new Buffer(means), (float) ((long) s.n() * s.positions()));
    team.positions(
        x,
        (begin, end) ->
            team.kernels.batchNormBackward(
                CpuTeam.memory(x),
                CpuTeam.memory(gradY),
                mean.memory(),
                inverse,
                gamma.memory(),
                means,
                means.asSlice(bytes),
                CpuTeam.memory(gradX),
                c,
                begin,
                end));
  }

  private static MemorySegment inverseDeviation(Buffer variance, MemorySegment to) {
    for (int c = 0; c < variance.length(); c++) {
      float v = variance.memory().getAtIndex(ValueLayout.JAVA_FLOAT, c);
      to.setAtIndex(ValueLayout.JAVA_FLOAT, c, ReferenceBackend.inverseDeviation(v));
    }
    return to;
  }

  private static void divide(Buffer sums, float count) {
    for (int c = 0; c < sums.length(); c++) {
      float sum = sums.memory().getAtIndex(ValueLayout.JAVA_FLOAT, c);
      sums.memory().setAtIndex(ValueLayout.JAVA_FLOAT, c, sum / count);
    }
  }
}
