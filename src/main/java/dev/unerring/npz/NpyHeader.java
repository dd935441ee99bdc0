// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What the header of an npy array says, after it was checked.
 *
 * @param kind {@code 'u'} unsigned, {@code 'i'} signed integers, {@code 'f'} floating point, {@code
 *     'b'} booleans; {@code 'U'} text of UTF-32, {@code 'S'} of bytes
 * @param itemBytes 1, 2, 4 or 8; of texts any number
 * @param bigEndian order of the bytes of one item
 * @param shape extents, outermost first, C order; their product fits
 * @param dataOffset bytes of the entry before the first item
 */
public record NpyHeader(
    char kind, int itemBytes, boolean bigEndian, List<Integer> shape, int dataOffset) {
  /** Number of items. */
  public long items() {
    long items = 1;
    for (int extent : shape) {
      items = Math.multiplyExact(items, (long) extent);
    }
    return items;
  }

  /** Bytes of all items. */
  public long dataBytes() {
    return Math.multiplyExact(items(), (long) itemBytes);
  }

  /** The type as numpy calls it, e.g. {@code int64}. */
  public String typeName() {
    return switch (kind) {
      case 'b' -> "bool";
      case 'u' -> "uint" + itemBytes * 8;
      case 'i' -> "int" + itemBytes * 8;
      case 'U', 'S' -> "text";
      default -> "float" + itemBytes * 8;
    };
  }

  /** The shape as numpy writes it, e.g. {@code (546, 28, 28)}. */
  public String shapeText() {
    String extents = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return "(" + extents + (shape.size() == 1 ? ",)" : ")");
  }
}
