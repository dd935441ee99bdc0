// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.data.ImageRemark;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * A PNG file of any colour type and depth as 8-bit grey or RGB, row by row and without a second
 * copy. Sizes and the checksums of the chunks that hold the picture are checked first; all other
 * chunks (texts, profiles, gamma) are passed over, so that they can neither change a sample nor
 * hide a bomb.
 *
 * <p>Depths 1, 2 and 4 are scaled to 8 bits exactly (by 255, 85, 17), palettes are looked up, 16
 * bits become (v * 255 + 32767) / 65535. Transparent pixels lie on black: (v * a + m / 2) / m with
 * the largest value m of the depth. A grey value or colour that a chunk tRNS names is transparent
 * (as libpng, only its lowest bits count, as many as the depth has).
 */
final class PngDecoder implements PictureFile {
  private static final int SIGNATURE = 8;
  private static final int CHUNK_BYTES = 12;
  private static final int PALETTE = 3;
  private static final List<String> CHECKED = List.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

  private final Path file;
  private final byte[] bytes;
  private final List<ByteBuffer> data = new ArrayList<>();
  private final Set<ImageRemark> remarks = EnumSet.noneOf(ImageRemark.class);
  private PngHeader header;
  private int channels; // of the picture: 1 for grey files and palettes of greys, else 3
  private byte[] palette; // red, green, blue; in the end on black
  private ByteBuffer transparent; // the content of tRNS, or null
  private boolean dataEnded;

  /** Reads and checks all but the pixels. */
  PngDecoder(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
    walk();
    if (header.type() == PALETTE && palette == null) {
      throw refusal("its palette is missing");
    }
    if (data.isEmpty()) {
      throw refusal("it holds no picture");
    }
    mixPalette();
    this.channels = countChannels();
  }

  @Override
  public long samples() {
    return (long) header.height() * header.width() * channels;
  }

  @Override
  public Set<ImageRemark> remarks() {
    return remarks;
  }

  @Override
  public Picture decode() {
    byte[] samples = new byte[Math.toIntExact(samples())];
    int[] pixel = new int[header.bands()];
    try (PngRows rows = new PngRows(header, data)) {
      rows.read((y, x, step, width, row) -> {
        for (int i = 0; i < width; i++) {
          for (int band = 0; band < pixel.length; band++) {
            pixel[band] = header.sample(row, i * pixel.length + band);
          }
          store(pixel, samples, (y * header.width() + x + i * step) * channels);
        }
      });
    } catch (PngRows.DamageException e) {
      throw new DataException(message(e.getMessage()), e);
    }
    return new Picture(header.height(), header.width(), channels, samples);
  }

  private int countChannels() {
    if (header.type() != PALETTE) {
      return header.bands() < 3 ? 1 : 3;
    }
    for (int i = 0; i < palette.length; i += 3) {
      if (palette[i] != palette[i + 1] || palette[i] != palette[i + 2]) {
        return 3;
      }
    }
    return 1;
  }

  private void store(int[] pixel, byte[] samples, int at) {
    if (header.type() == PALETTE) {
      if (3 * pixel[0] >= palette.length) {
        throw refusal("a pixel has colour " + pixel[0] + " of a palette of " + palette.length / 3);
      }
      System.arraycopy(palette, 3 * pixel[0], samples, at, channels);
      if (transparent != null && pixel[0] < transparent.limit()) {
        remarkAlpha(transparent.get(pixel[0]) & 0xFF, 255);
      }
      return;
    }
    int max = header.max();
    int alpha = pixel.length > channels ? pixel[channels] : isTransparent(pixel) ? 0 : max;
    remarkAlpha(alpha, max);
    for (int c = 0; c < channels; c++) {
      samples[at + c] = (byte) ((onBlack(pixel[c], alpha, max) * 255L + max / 2) / max);
    }
  }

  private void remarkAlpha(int alpha, int max) {
    if (alpha < max) {
      remarks.add(ImageRemark.TRANSPARENT);
    }
  }

  /** Whether a pixel without alpha has the value of tRNS. */
  private boolean isTransparent(int[] pixel) {
    if (transparent == null) {
      return false;
    }
    for (int c = 0; c < pixel.length; c++) {
      if ((transparent.getShort(2 * c) & header.max()) != pixel[c]) {
        return false;
      }
    }
    return true;
  }

  // ---- chunks ----

  private void walk() {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    int at = SIGNATURE;
    while (true) {
      int length = bytes.length - at < CHUNK_BYTES ? -1 : all.getInt(at);
      if (length < 0 || length > bytes.length - at - CHUNK_BYTES) {
        throw refusal("it is cut off after " + bytes.length + " bytes");
      }
      String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
      if ((at == SIGNATURE) != type.equals("IHDR")) {
        throw refusal("the header is not where it must be");
      }
      if (CHECKED.contains(type)) {
        checkSum(all, at, length, type);
      }
      if (type.equals("IEND")) {
        return;
      }
      chunk(type, all.slice(at + 8, length), at + 8);
      at += length + CHUNK_BYTES;
    }
  }

  private void chunk(String type, ByteBuffer content, int at) {
    if (type.equals("IDAT")) {
      if (dataEnded) {
        throw refusal("its pixels stand in two places");
      }
      data.add(content);
      return;
    }
    dataEnded = !data.isEmpty();
    switch (type) {
      case "IHDR" -> {
        header = PngHeader.of(content, this::refusal);
        ImageSize.check(file, header.height(), header.width());
        if (header.depth() == 16) {
          remarks.add(ImageRemark.SIXTEEN_BITS);
        }
      }
      case "PLTE" -> palette(content);
      case "tRNS" -> transparency(content);
      case "eXIf" -> {
        if (ExifOrientation.of(bytes, at, at + content.limit()) != 1) {
          remarks.add(ImageRemark.NOT_TURNED);
        }
      }
      default -> {
        if (Character.isUpperCase(type.charAt(0))) {
          throw refusal("it needs a chunk that is not known, " + type.replaceAll("[^A-Za-z]", "?"));
        }
      }
    }
  }

  private void palette(ByteBuffer content) {
    if (header.type() != PALETTE) {
      return; // a suggestion for other displays
    }
    int colours = content.limit() / 3;
    if (palette != null || dataEnded || content.limit() % 3 != 0 || colours == 0) {
      throw refusal("its palette is not sound");
    }
    if (colours > header.max() + 1) {
      throw refusal("its palette has " + colours + " colours, it may have " + (header.max() + 1));
    }
    palette = new byte[content.limit()];
    content.get(palette);
  }

  private void transparency(ByteBuffer content) {
    int wanted = 2 * header.bands();
    boolean sound =
        header.type() == PALETTE
            ? palette != null && content.limit() >= 1 && content.limit() <= palette.length / 3
            : header.type() < PALETTE && content.limit() == wanted;
    if (!sound || dataEnded || transparent != null) {
      throw refusal("its chunk tRNS is not sound");
    }
    transparent = content;
  }

  /** Lays the colours of the palette on black. */
  private void mixPalette() {
    if (header.type() == PALETTE && transparent != null) {
      for (int i = 0; i < 3 * transparent.limit(); i++) {
        palette[i] = (byte) onBlack(palette[i] & 0xFF, transparent.get(i / 3) & 0xFF, 255);
      }
    }
  }

  private void checkSum(ByteBuffer all, int at, int length, String type) {
    CRC32 crc = new CRC32();
    crc.update(bytes, at + 4, length + 4);
    if ((int) crc.getValue() != all.getInt(at + 8 + length)) {
      throw refusal("the checksum of a chunk " + type + " is wrong");
    }
  }

  private static int onBlack(int value, int alpha, int max) {
    return (int) (((long) value * alpha + max / 2) / max);
  }

  private String message(String reason) {
    return file + ": damaged PNG: " + reason + "; write it again";
  }

  private DataException refusal(String reason) {
    return new DataException(message(reason));
  }
}
