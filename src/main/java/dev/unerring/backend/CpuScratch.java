package dev.unerring.backend;

import dev.unerring.base.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One growing piece of working memory, kept from call to call; its content is undefined. */
final class CpuScratch implements AutoCloseable {
  static final int ALIGNMENT = 64;

  private Arena arena = Arena.ofShared();
  private MemorySegment memory = arena.allocate(ALIGNMENT, ALIGNMENT);

  /** At least {@code floats} floats; what an earlier call returned is no longer valid. */
  MemorySegment floats(long floats) {
    long bytes = grown(memory.byteSize(), floats);
    if (memory.byteSize() < bytes) {
      arena.close();
      arena = Arena.ofShared();
      memory = allocate(arena, bytes);
    }
    return memory;
  }

  /** Bytes after {@link #floats} of memory that had {@code bytes} before. */
  static long grown(long bytes, long floats) {
    long wanted = Math.multiplyExact(Math.max(1, floats), (long) Float.BYTES);
    return bytes < wanted ? wanted + wanted / 4 : bytes;
  }

  /** Bytes that are held. */
  long bytes() {
    return memory.byteSize();
  }

  /** Native memory, or a typed error that says how much was asked for. */
  static MemorySegment allocate(Arena arena, long bytes) {
    try {
      return arena.allocate(bytes, ALIGNMENT);
    } catch (OutOfMemoryError e) {
      throw new DeviceException(
          "not enough memory: " + (bytes >> 20) + " MiB asked for; use a smaller --batch-size", e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
