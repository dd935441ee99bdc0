package dev.unerring.backend;

import dev.unerring.ffi.CpuKernels;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the operations of {@link CpuBackend} share: kernels, threads, memory, the chunked sums. */
final class CpuTeam implements AutoCloseable {
  /** Fewest elements of an elementwise operation that are worth a second thread. */
  static final long SMALL = 16_384;

  final CpuKernels kernels;
  final Workers workers;
  final Arena arena = Arena.ofShared();
  final ThreadScratch threadScratch;
  final CpuScratch packed = new CpuScratch();
  final CpuScratch partial = new CpuScratch();
  final CpuScratch vectors = new CpuScratch();
  private final Map<LongBuffer, MemorySegment> geometryWords = new LinkedHashMap<>();

  CpuTeam(CpuKernels kernels, int threads) {
    this.kernels = kernels;
    this.workers = new Workers(threads);
    this.threadScratch = new ThreadScratch(threads);
  }

  void channelSums(Tensor x, Chunks chunks, Buffer sums) {
    int c = Math.toIntExact(sums.length());
    MemorySegment parts = partial.floats((long) chunks.count() * c);
    MemorySegment words = sumWords(chunks, c);
    workers.run(
        chunks.count(),
        1,
        (begin, end) -> kernels.channelSums(memory(x), parts, words, begin, end));
    reduceTree(parts, sums, chunks.count());
  }

  void reduceTree(MemorySegment parts, Buffer sums, int chunks) {
    workers.run(
        sums.length(),
        Math.max(1, SMALL / chunks),
        (begin, end) ->
            kernels.reduceTree(parts, sums.memory(), chunks, sums.length(), begin, end));
  }

  void positions(Tensor x, Workers.Range range) {
    Shape s = x.shape();
    workers.run((long) s.n() * s.positions(), atLeast(SMALL, s.c()), range);
  }

  MemorySegment sumWords(Chunks chunks, int channels) {
    return words(channels, chunks.rowPositions(), chunks.groupRows(), chunks.chunkRows());
  }

  /** Geometry words by value: made once, kept as long as the backend. */
  MemorySegment words(long... values) {
    return geometryWords.computeIfAbsent(
        LongBuffer.wrap(values), key -> ConvGeometry.words(arena, values));
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
    packed.close();
    partial.close();
    vectors.close();
    arena.close();
  }
}
