// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.data.Split;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;

/** The values that a pixel of a set can have. */
public final class PixelValues {
  /** Images with at most so many different values, such as masks, have these only. */
  public static final int FEW = 16;

  private static final int ALL = 256;

  private PixelValues() {}

  /** The values that occur in a split where they are {@link #FEW}, else 0..255; ascending. */
  public static int[] of(Split split) {
    BitSet seen = new BitSet(ALL);
    MemorySegment images = split.images();
    for (long i = 0; i < images.byteSize() && seen.cardinality() <= FEW; i++) {
      seen.set(images.get(ValueLayout.JAVA_BYTE, i) & 0xFF);
    }
    if (seen.cardinality() > FEW) {
      seen.set(0, ALL);
    }
    return seen.stream().toArray();
  }
}
