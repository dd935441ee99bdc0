// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;

/**
 * One growing piece of working memory, kept from call to call; its content is undefined. Where
 * there is not enough memory, the piece is gone, and the next call begins a new one.
 */
final class CpuScratch implements AutoCloseable {
  private static final int ALIGNMENT = 64;

  private final Supplier<Arena> arenas;
  private Arena arena;
  private MemorySegment memory = MemorySegment.NULL;

  /** Memory from arenas of its own, one at a time. */
  CpuScratch(Supplier<Arena> arenas) {
    this.arenas = arenas;
  }

  /**
   * At least {@code floats} floats; what an earlier call returned is no longer valid.
   *
   * @throws DeviceException where there is not enough memory
   */
  MemorySegment floats(long floats) {
    long bytes = grown(memory.byteSize(), floats);
    if (memory.byteSize() < bytes) {
      close();
      arena = arenas.get();
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
          "memory",
          "not enough memory: " + (bytes >> 20) + " MiB asked for; use a smaller --batch-size",
          e);
    }
  }

  @Override
  public void close() {
    memory = MemorySegment.NULL;
    if (arena != null) {
      arena.close();
      arena = null;
    }
  }
}
