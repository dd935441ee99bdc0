// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/** Working memory of which every thread of a team takes a piece for the time of one range. */
final class ThreadScratch implements AutoCloseable {
  private static final long PIECE_FLOATS = 1024;

  private final CpuScratch memory;
  private final MemorySegment[] free;
  private long pieceFloats;
  private int left;

  ThreadScratch(int threads, Supplier<Arena> arenas) {
    memory = new CpuScratch(arenas);
    free = new MemorySegment[threads];
  }

  /** Makes every piece at least {@code floats} long, for the next range; no piece may be taken. */
  void reserve(long floats) {
    if (pieceFloats > 0 && floats <= pieceFloats) {
      return;
    }
    pieceFloats = 0; // until the memory is there
    long piece = rounded(floats);
    MemorySegment whole = memory.floats(Math.multiplyExact(piece, (long) free.length));
    pieceFloats = piece;
    long bytes = piece * Float.BYTES;
    for (int i = 0; i < free.length; i++) {
      free[i] = whole.asSlice(i * bytes, bytes);
    }
    left = free.length;
  }

  /** Floats of a piece for at least {@code floats}. */
  static long rounded(long floats) {
    return Math.ceilDiv(Math.max(1, floats), PIECE_FLOATS) * PIECE_FLOATS;
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
