package dev.unerring.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One growing piece of working memory, kept from call to call; its content is undefined. */
final class CpuScratch implements AutoCloseable {
  private static final int ALIGNMENT = 64;

  private Arena arena = Arena.ofShared();
  private MemorySegment memory = arena.allocate(ALIGNMENT, ALIGNMENT);

  /** At least {@code floats} floats; what an earlier call returned is no longer valid. */
  MemorySegment floats(long floats) {
    long bytes = Math.multiplyExact(Math.max(1, floats), (long) Float.BYTES);
    if (memory.byteSize() < bytes) {
      arena.close();
      arena = Arena.ofShared();
      memory = arena.allocate(bytes + bytes / 4, ALIGNMENT);
    }
    return memory;
  }

  @Override
  public void close() {
    arena.close();
  }
}
