// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/** A tiny PNG encoder for every colour type and depth, and for files that lie. */
final class PngForge {
  static final int GREY = 0;
  static final int RGB = 2;
  static final int PALETTE = 3;
  static final int GREY_ALPHA = 4;
  static final int RGBA = 6;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PngForge() {
    out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
  }

  /** A whole file of samples row by row, as numbers of {@code depth} bits. */
  static byte[] png(int height, int width, int depth, int type, int... samples) {
    return new PngForge()
        .header(height, width, depth, type)
        .data(height, depth, samples)
        .chunk("IEND")
        .bytes();
  }

  PngForge header(int height, int width, int depth, int type) {
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    return chunk("IHDR", header.put((byte) depth).put((byte) type).array());
  }

  PngForge data(int height, int depth, int... samples) {
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    int perRow = samples.length / height;
    for (int y = 0; y < height; y++) {
      rows.write(0);
      int held = 0;
      int bits = 0;
      for (int i = 0; i < perRow; i++) {
        held = held << depth | samples[y * perRow + i];
        bits += depth;
        for (; bits >= 8; bits -= 8) {
          rows.write(held >> bits - 8);
        }
      }
      if (bits > 0) {
        rows.write(held << 8 - bits);
      }
    }
    return chunk("IDAT", deflate(rows.toByteArray()));
  }

  PngForge chunk(String type, int... content) {
    byte[] bytes = new byte[content.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) content[i];
    }
    return chunk(type, bytes);
  }

  PngForge chunk(String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    out.writeBytes(name);
    out.writeBytes(content);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  static byte[] deflate(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(out)) {
      deflater.write(content);
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }
}
