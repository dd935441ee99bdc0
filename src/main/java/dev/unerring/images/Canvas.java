// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.base.AtomicFile;
import dev.unerring.base.FreeMemory;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** RGB pixels that are drawn on and written as a PNG file. */
final class Canvas {
  private final int height;
  private final int width;
  private final byte[] rgb;

  Canvas(int height, int width) {
    this.height = height;
    this.width = width;
    FreeMemory.requireHeap(9L * height * width, "a picture of " + width + "x" + height + " pixels");
    this.rgb = new byte[Math.multiplyExact(Math.multiplyExact(height, width), 3)];
  }

  /** Fills a rectangle with the colour 0xRRGGBB. */
  void fill(int top, int left, int rows, int columns, int colour) {
    for (int y = top; y < top + rows; y++) {
      for (int x = left; x < left + columns; x++) {
        int at = 3 * (y * width + x);
        rgb[at] = (byte) (colour >> 16);
        rgb[at + 1] = (byte) (colour >> 8);
        rgb[at + 2] = (byte) colour;
      }
    }
  }

  /** Writes one line of text whose upper left corner is (top, left). */
  void text(int top, int left, String line, int colour) {
    for (int i = 0; i < line.length(); i++) {
      for (int row = 0; row < Glyphs.ROWS; row++) {
        for (int column = 0; column < Glyphs.ADVANCE; column++) {
          if (Glyphs.isSet(line.charAt(i), row, column)) {
            fill(top + row, left + i * Glyphs.ADVANCE + column, 1, 1, colour);
          }
        }
      }
    }
  }

  /** Writes the file: complete or not at all. */
  void write(Path png) {
    AtomicFile.write(png, toPng());
  }

  /** Filter "up" in every row but the first: enlarged pixels repeat the row above. */
  private byte[] toPng() {
    int rowBytes = 3 * width;
    byte[] filtered = new byte[height * (rowBytes + 1)];
    for (int y = 0; y < height; y++) {
      int to = y * (rowBytes + 1);
      filtered[to] = (byte) (y == 0 ? 0 : 2);
      for (int i = 0; i < rowBytes; i++) {
        int above = y == 0 ? 0 : rgb[(y - 1) * rowBytes + i];
        filtered[to + 1 + i] = (byte) (rgb[y * rowBytes + i] - above);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    byte[] header =
        ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) 8).put((byte) 2).array();
    chunk(out, "IHDR", header);
    chunk(out, "IDAT", deflate(filtered));
    chunk(out, "IEND", new byte[0]);
    return out.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
    byte[] typed = Arrays.copyOf(type.getBytes(StandardCharsets.US_ASCII), 4 + content.length);
    System.arraycopy(content, 0, typed, 4, content.length);
    CRC32 crc = new CRC32();
    crc.update(typed);
    out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    out.writeBytes(typed);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  private static byte[] deflate(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = new byte[1 << 16];
    try (Deflater deflater = new Deflater()) {
      deflater.setInput(content);
      deflater.finish();
      while (!deflater.finished()) {
        out.write(piece, 0, deflater.deflate(piece));
      }
    }
    return out.toByteArray();
  }
}
