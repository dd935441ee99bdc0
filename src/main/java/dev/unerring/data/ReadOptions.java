// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.CacheFolder;
import dev.unerring.base.FreeMemory;
import dev.unerring.base.WorkMonitor;
import java.nio.file.Path;
import java.util.function.ToLongFunction;

/**
 * How a data file is read: where derived files go, and how much stays in memory.
 *
 * @param cache folder of derived files
 * @param memoryBytes images up to this many bytes are kept in memory, more are mapped
 * @param freeBytes what a folder's disk still takes
 * @param monitor watches what takes long
 */
record ReadOptions(
    Path cache, long memoryBytes, ToLongFunction<Path> freeBytes, WorkMonitor monitor) {
  /** Images above this many bytes are mapped. */
  static final long MEMORY_BYTES = 512L << 20;

  /** A run reads its images once more at its end; others may be in memory too. */
  private static final int SHARE = 8;

  static ReadOptions standard(WorkMonitor monitor) {
    FreeMemory free = FreeMemory.now();
    long few = Math.min(MEMORY_BYTES, (free.bytes() - free.taken()) / SHARE);
    return new ReadOptions(
        CacheFolder.path(), few, folder -> folder.toFile().getUsableSpace(), monitor);
  }
}
