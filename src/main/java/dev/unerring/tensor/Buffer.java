// SPDX-License-Identifier: Apache-2.0
package dev.unerring.tensor;

import java.lang.foreign.MemorySegment;

/**
 * A run of 32-bit words (float32, or int32 for labels). The memory belongs to the backend that
 * allocated it; only that backend may read or write through the segment.
 *
 * @param memory 4 * length bytes, 64-byte aligned at its start unless it is a {@link #slice}
 */
public record Buffer(MemorySegment memory) {
  /** Number of 32-bit words. */
  public long length() {
    return memory.byteSize() / Float.BYTES;
  }

  /** The words from {@code offset} on, {@code length} of them. */
  public Buffer slice(long offset, long length) {
    return new Buffer(memory.asSlice(offset * Float.BYTES, length * Float.BYTES));
  }
}
