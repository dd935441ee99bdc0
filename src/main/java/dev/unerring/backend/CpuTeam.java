// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.Layouts.Sum;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What the operations of {@link CpuBackend} share: kernels, threads, memory, the chunked sums. */
final class CpuTeam implements AutoCloseable {
  /** Fewest elements of an elementwise operation that are worth a second thread. */
  static final long SMALL = 16_384;

  final CpuKernels kernels;
  final Workers workers;
  final Arena arena;
  final ThreadScratch threadScratch;
  final CpuScratch packed;
  final CpuScratch partial;
  final CpuScratch vectors;
  private final Supplier<Arena> arenas;
  private final List<CpuScratch> scratches = new ArrayList<>();
  private final Map<LongBuffer, MemorySegment> geometryWords = new LinkedHashMap<>();
  private final Map<Shape, ChunkedSum> sums = new LinkedHashMap<>();
  private final Map<Shape, ChunkedSum> flatSums = new LinkedHashMap<>();
  private final Workers.Range channelSums = this::channelSums;
  private final Workers.Range tree = this::tree;
  private MemorySegment summed;
  private MemorySegment parts;
  private MemorySegment words;
  private MemorySegment total;
  private long leaves;
  private long width;

  /** Starts the threads; memory comes from {@code arenas} when it is first needed. */
  CpuTeam(CpuKernels kernels, int threads, Supplier<Arena> arenas) {
    this.kernels = kernels;
    this.arenas = arenas;
    arena = arenas.get();
    threadScratch = new ThreadScratch(threads, arenas);
    packed = scratch();
    partial = scratch();
    vectors = scratch();
    workers = new Workers(threads);
  }

  /** Working memory that is freed with the team. */
  CpuScratch scratch() {
    CpuScratch scratch = new CpuScratch(arenas);
    scratches.add(scratch);
    return scratch;
  }

  /** Bytes of working memory that are held. */
  long bytes() {
    long bytes = threadScratch.bytes();
    for (CpuScratch scratch : scratches) {
      bytes += scratch.bytes();
    }
    return bytes;
  }

  private void channelSums(long begin, long end) {
    kernels.channelSums(summed, parts, words, begin, end);
  }

  private void tree(long begin, long end) {
    kernels.reduceTree(parts, total, leaves, width, begin, end);
  }

  /** sums [channels]: chunked chains of x [positions][channels]. */
  void channelSums(MemorySegment x, ChunkedSum sum, MemorySegment sums, int channels) {
    summed = x;
    parts = partial.floats((long) sum.chunks() * channels);
    words = sum.words();
    workers.run(sum.chunks(), 1, channelSums);
    reduceTree(parts, sums, sum.chunks(), channels);
  }

  void reduceTree(MemorySegment chunkParts, Buffer sums, int chunks) {
    reduceTree(chunkParts, sums.memory(), chunks, sums.length());
  }

  /** out [elements]: the tree over chunkParts [chunks][elements], which it overwrites. */
  void reduceTree(MemorySegment chunkParts, MemorySegment out, int chunks, long elements) {
    parts = chunkParts;
    total = out;
    leaves = chunks;
    width = elements;
    workers.run(elements, Math.max(1, SMALL / chunks), tree);
  }

  /** The chunked sum over the positions of a shape, for each of its channels. */
  ChunkedSum sum(Shape shape) {
    ChunkedSum known = sums.get(shape);
    if (known == null) {
      Chunks chunks = Chunks.ofPositions(shape);
      known = new ChunkedSum(chunks.count(), sumWords(chunks, shape.c()));
      sums.put(shape, known);
    }
    return known;
  }

  /** The chunked sum of a value a sample, without positions. */
  ChunkedSum flatSum(Shape logits) {
    ChunkedSum known = flatSums.get(logits);
    if (known == null) {
      Chunks chunks = Chunks.flat(logits.n());
      known = new ChunkedSum(chunks.count(), sumWords(chunks, 1));
      flatSums.put(logits, known);
    }
    return known;
  }

  void positions(Tensor x, Workers.Range range) {
    Shape s = x.shape();
    workers.run((long) s.n() * s.positions(), atLeast(SMALL, s.c()), range);
  }

  MemorySegment sumWords(Chunks chunks, int channels) {
    return words(
        new Words(Sum.values().length)
            .set(Sum.C, channels)
            .set(Sum.ROW_POSITIONS, chunks.rowPositions())
            .set(Sum.GROUP_ROWS, chunks.groupRows())
            .set(Sum.CHUNK_ROWS, chunks.chunkRows()));
  }

  /** Geometry words by value: made once, kept as long as the backend. */
  MemorySegment words(Words words) {
    return geometryWords.computeIfAbsent(words.all(), _ -> words.in(arena));
  }

  static long atLeast(long smallest, long work) {
    return Math.max(1, smallest / Math.max(1, work));
  }

  static MemorySegment memory(Tensor tensor) {
    return tensor.data().memory();
  }

  @Override
  public void close() {
    workers.close();
    threadScratch.close();
    scratches.forEach(CpuScratch::close);
    arena.close();
  }
}
