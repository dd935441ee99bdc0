package dev.unerring.backend;

import java.lang.foreign.MemorySegment;

/** Working memory of which every thread of a team takes a piece for the time of one range. */
final class ThreadScratch implements AutoCloseable {
  static final long PIECE_FLOATS = 1024;

  private final CpuScratch memory = new CpuScratch();
  private final MemorySegment[] free;
  private long pieceFloats;
  private int left;

  ThreadScratch(int threads) {
    free = new MemorySegment[threads];
    reserve(PIECE_FLOATS);
  }

  /** Makes every piece at least {@code floats} long; no piece may be taken. */
  void reserve(long floats) {
    if (floats <= pieceFloats) {
      return;
    }
    pieceFloats = rounded(floats);
    MemorySegment whole = memory.floats(pieceFloats * free.length);
    long bytes = pieceFloats * Float.BYTES;
    for (int i = 0; i < free.length; i++) {
      free[i] = whole.asSlice(i * bytes, bytes);
    }
    left = free.length;
  }

  /** Floats of a piece for at least {@code floats}. */
  static long rounded(long floats) {
    return Math.ceilDiv(floats, PIECE_FLOATS) * PIECE_FLOATS;
  }

  /** Bytes that are held. */
  long bytes() {
    return memory.bytes();
  }

  synchronized MemorySegment take() {
    left--;
    return free[left];
  }

  synchronized void giveBack(MemorySegment piece) {
    free[left] = piece;
    left++;
  }

  @Override
  public void close() {
    memory.close();
  }
}
