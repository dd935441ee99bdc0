// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * The chunk IHDR of a PNG file.
 *
 * @param height in pixels, at least 1
 * @param width in pixels, at least 1
 * @param depth bits a sample
 * @param type 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA
 * @param interlaced whether the rows come in the seven passes of Adam7
 */
record PngHeader(int height, int width, int depth, int type, boolean interlaced) {
  /** Reads the 13 bytes; {@code refusal} words what is wrong with them. */
  static PngHeader of(ByteBuffer content, Function<String, DataException> refusal) {
    if (content.limit() != 13) {
      throw refusal.apply("its header has " + content.limit() + " bytes, not 13");
    }
    int width = content.getInt(0);
    int height = content.getInt(4);
    int depth = content.get(8) & 0xFF;
    int type = content.get(9) & 0xFF;
    if (width < 1 || height < 1) {
      throw refusal.apply("it says to have " + height + " x " + width + " pixels");
    }
    if (!depths(type).contains(depth)) {
      throw refusal.apply("there is no colour type " + type + " of " + depth + " bits");
    }
    if (content.get(10) != 0 || content.get(11) != 0 || (content.get(12) & 0xFE) != 0) {
      throw refusal.apply("its compression, filter or interlacing is not known");
    }
    return new PngHeader(height, width, depth, type, content.get(12) == 1);
  }

  private static List<Integer> depths(int type) {
    return switch (type) {
      case 0 -> List.of(1, 2, 4, 8, 16);
      case 3 -> List.of(1, 2, 4, 8);
      case 2, 4, 6 -> List.of(8, 16);
      default -> List.of();
    };
  }

  /** Samples a pixel: 1 to 4. */
  int bands() {
    return switch (type) {
      case 2 -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1;
    };
  }

  /** Bits a pixel. */
  int pixelBits() {
    return bands() * depth;
  }

  /** The largest value of a sample. */
  int max() {
    return (1 << depth) - 1;
  }

  /** The sample with this number in a row without its filter byte. */
  int sample(byte[] row, int number) {
    return switch (depth) {
      case 8 -> row[number] & 0xFF;
      case 16 -> (row[2 * number] & 0xFF) << 8 | row[2 * number + 1] & 0xFF;
      default -> {
        int bit = number * depth;
        yield row[bit >> 3] >> 8 - depth - (bit & 7) & max();
      }
    };
  }
}
