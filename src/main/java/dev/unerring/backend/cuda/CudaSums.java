// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.Chunks;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Long reductions: partial sums of chunks, and the tree that joins them. */
final class CudaSums {
  /** Chunk results that one step of the tree joins, as in {@code sums.cuh}. */
  static final int WIDTH = 32;

  /** Threads of a block of the chunks' chains, which are few and long. */
  private static final int CHAINS = 64;

  /** What follows the last sum, as in {@code sums.cuh}. */
  enum Then {
    PLAIN,
    DIVIDED,
    MULTIPLIED
  }

  private final Kernels kernels;
  private final Scratch partial;
  private final Scratch levels;

  CudaSums(Gpu gpu, Kernels kernels) {
    this.kernels = kernels;
    partial = new Scratch(gpu);
    levels = new Scratch(gpu);
  }

  /** sums[c] = chunked sum of x over the positions, then divided or multiplied by the factor. */
  void channelSums(Tensor x, Chunks chunks, int channels, Buffer sums, Then then, float factor) {
    MemorySegment parts = partial.words((long) chunks.count() * channels);
    begin("channel_sums", chunks, channels, x.data().memory(), parts);
    reduceTree(parts, chunks.count(), sums, then, factor);
  }

  /** sums[c] = chunked sum of (x - mean)^2, then divided. */
  void channelSquares(Tensor x, Chunks chunks, Buffer mean, Buffer sums, float count) {
    int channels = x.shape().c();
    MemorySegment parts = partial.words((long) chunks.count() * channels);
    begin("channel_squares", chunks, channels, x.data().memory(), mean.memory(), parts);
    reduceTree(parts, chunks.count(), sums, Then.DIVIDED, count);
  }

  /** gradBeta = chunked sum of gradY; gradGamma = that of gradY times the normalised x. */
  void batchNormSums(
      Tensor x,
      Tensor gradY,
      Buffer mean,
      Buffer variance,
      Chunks chunks,
      Buffer gradGamma,
      Buffer gradBeta) {
    int channels = x.shape().c();
    MemorySegment parts = partial.words(2L * chunks.count() * channels);
    begin(
        "batch_norm_sums",
        chunks,
        channels,
        x.data().memory(),
        gradY.data().memory(),
        mean.memory(),
        variance.memory(),
        parts);
    tree(
        parts,
        chunks.count(),
        2L * channels,
        gradBeta.memory(),
        gradGamma.memory(),
        channels,
        Then.PLAIN,
        0);
  }

  private void begin(String kernel, Chunks chunks, int channels, MemorySegment... operands) {
    kernels.of(kernel);
    for (MemorySegment operand : operands) {
      kernels.at(operand);
    }
    kernels.words(
        channels, chunks.rowPositions(), chunks.groupRows(), chunks.chunkRows(), chunks.count());
    long items = (long) chunks.count() * channels;
    kernels.launch(Math.min(Math.ceilDiv(items, CHAINS), 1 << 16), 1, 1, CHAINS, 1);
  }

  /** sums = the tree over {@code count} partial sums of as many elements. */
  void reduceTree(MemorySegment parts, int count, Buffer sums, Then then, float factor) {
    long elements = sums.length();
    tree(parts, count, elements, sums.memory(), MemorySegment.NULL, elements, then, factor);
  }

  private void tree(
      MemorySegment parts,
      int count,
      long elements,
      MemorySegment sums,
      MemorySegment rest,
      long half,
      Then then,
      float factor) {
    MemorySegment from = parts;
    int left = count;
    long used = 0;
    MemorySegment room =
        left > WIDTH ? levels.words(2L * Math.ceilDiv(left, WIDTH) * elements) : null;
    while (left > WIDTH) {
      int nodes = Math.ceilDiv(left, WIDTH);
      MemorySegment to = room.asSlice(used * Float.BYTES);
      step(from, to, MemorySegment.NULL, elements, left, elements, Then.PLAIN, 0);
      used += nodes * elements;
      from = to;
      left = nodes;
    }
    step(from, sums, rest, half, left, elements, then, factor);
  }

  private void step(
      MemorySegment from,
      MemorySegment to,
      MemorySegment rest,
      long half,
      int count,
      long elements,
      Then then,
      float factor) {
    kernels
        .of("reduce_tree")
        .at(from)
        .at(to)
        .at(rest)
        .count(half)
        .number(count)
        .count(elements)
        .number(then.ordinal())
        .real(factor);
    long items = Math.ceilDiv(count, WIDTH) * elements;
    kernels.launch(Math.min(Math.ceilDiv(items, 128), 1 << 16), 1, 1, 128, 1);
  }
}
