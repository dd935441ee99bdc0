// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.LongBuffer;
import java.util.BitSet;

/** Geometry words, written by the names of {@link dev.unerring.ffi.Layouts}, each of them once. */
final class Words {
  private final long[] values;
  private final BitSet written = new BitSet();
  private int start;

  Words(int count) {
    this.values = new long[count];
  }

  /** A layout begins behind so many words. */
  Words from(int words) {
    start = words;
    return this;
  }

  Words set(Enum<?> field, long value) {
    return set(start + field.ordinal(), value);
  }

  /** Of fields that have no name. */
  Words set(int at, long value) {
    if (written.get(at)) {
      throw new IllegalStateException("word " + at + " is written twice");
    }
    written.set(at);
    values[at] = value;
    return this;
  }

  long get(Enum<?> field) {
    return values[start + field.ordinal()];
  }

  /** All words; IllegalStateException where one was not written. */
  LongBuffer all() {
    if (written.cardinality() != values.length) {
      throw new IllegalStateException("word " + written.nextClearBit(0) + " is not written");
    }
    return LongBuffer.wrap(values);
  }

  /** All words, in memory of an arena. */
  MemorySegment in(Arena arena) {
    all();
    return copy(arena, values);
  }

  /** Words whose layout has no names, in memory of an arena. */
  static MemorySegment copy(Arena arena, long... values) {
    MemorySegment words = CpuScratch.allocate(arena, (long) values.length * Long.BYTES);
    MemorySegment.copy(values, 0, words, ValueLayout.JAVA_LONG, 0, values.length);
    return words;
  }
}
