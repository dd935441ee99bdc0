// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.CacheFolder;
import dev.unerring.base.FreeMemory;
import dev.unerring.base.WorkMonitor;
import java.nio.file.Path;
import java.util.function.ToLongFunction;

/**
 * What reading a data file depends on besides the file.
 *
 * @param cache folder of derived files
 * @param memoryBytes images up to this many bytes are kept in memory, more are mapped
 * @param freeBytes what a folder's disk still takes
 * @param monitor is told what takes long
 */
record Surroundings(
    Path cache, long memoryBytes, ToLongFunction<Path> freeBytes, WorkMonitor monitor) {
  /** Images above this many bytes are mapped. */
  static final long MEMORY_BYTES = 512L << 20;

  /** A run reads its images once more at its end; others may be in memory too. */
  private static final int SHARE = 8;

  static Surroundings standard(WorkMonitor monitor) {
    FreeMemory free = FreeMemory.now();
    long few = Math.min(MEMORY_BYTES, (free.bytes() - free.taken()) / SHARE);
    return new Surroundings(
        CacheFolder.path(), few, folder -> folder.toFile().getUsableSpace(), monitor);
  }
}
