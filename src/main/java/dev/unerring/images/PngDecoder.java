package dev.unerring.images;

import dev.unerring.base.DataException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A PNG file of any colour type and depth as 8-bit grey or RGB. Sizes and the checksums of the
 * chunks that hold the picture are checked before the JDK's reader sees them; all other chunks
 * (texts, profiles, gamma) are left out, so that they can neither change a sample nor hide a bomb.
 *
 * <p>Depths 1, 2 and 4 are scaled to 8 bits exactly (by 255, 85, 17), palettes are looked up, 16
 * bits become (v * 255 + 32767) / 65535. Transparent pixels lie on black: (v * a + m / 2) / m with
 * the largest value m of the depth.
 */
final class PngDecoder {
  private static final int SIGNATURE = 8;
  private static final int CHUNK_BYTES = 12;
  private static final List<String> KEPT = List.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

  private final Path file;
  private final byte[] bytes;

  PngDecoder(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  Picture decode() {
    return picture(file, JdkReader.png(file, checked()));
  }

  /**
   * The samples of an image by the rules above.
   *
   * @throws DataException where its colour model is none that they are for
   */
  static Picture picture(Path name, BufferedImage image) {
    ColorModel colours = image.getColorModel();
    Raster raster = image.getRaster();
    if (colours instanceof IndexColorModel palette) {
      return lookedUp(raster, palette);
    }
    int bands = raster.getNumBands() - (colours.hasAlpha() ? 1 : 0);
    int type = colours.getColorSpace().getType();
    boolean known =
        bands == 1 && type == ColorSpace.TYPE_GRAY || bands == 3 && type == ColorSpace.TYPE_RGB;
    int bits = raster.getSampleModel().getSampleSize(0);
    for (int band = 0; band < raster.getNumBands(); band++) {
      known &= raster.getSampleModel().getSampleSize(band) == bits && bits <= 16;
    }
    if (!known || raster.getTransferType() == DataBuffer.TYPE_SHORT) {
      throw new DataException(
          name + ": its colour model is not read; draw it into a BufferedImage of TYPE_INT_RGB");
    }
    return direct(raster, colours.hasAlpha(), colours.isAlphaPremultiplied());
  }

  /** The file with the chunks that make up the picture alone. */
  private byte[] checked() {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(bytes.length);
    kept.write(bytes, 0, SIGNATURE);
    ByteBuffer all = ByteBuffer.wrap(bytes);
    int at = SIGNATURE;
    while (true) {
      if (bytes.length - at < CHUNK_BYTES) {
        throw refusal("it is cut off after " + bytes.length + " bytes");
      }
      int length = all.getInt(at);
      if (length < 0 || length > bytes.length - at - CHUNK_BYTES) {
        throw refusal("it is cut off after " + bytes.length + " bytes");
      }
      String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
      if ((at == SIGNATURE) != type.equals("IHDR")) {
        throw refusal("the header is not where it must be");
      }
      if (KEPT.contains(type)) {
        checkSum(all, at, length, type);
        kept.write(bytes, at, length + CHUNK_BYTES);
      }
      if (type.equals("IHDR")) {
        checkHeader(all, at + 8, length);
      } else if (type.equals("IEND")) {
        return kept.toByteArray();
      }
      at += length + CHUNK_BYTES;
    }
  }

  private void checkSum(ByteBuffer all, int at, int length, String type) {
    CRC32 crc = new CRC32();
    crc.update(bytes, at + 4, length + 4);
    if ((int) crc.getValue() != all.getInt(at + 8 + length)) {
      throw refusal("the checksum of a chunk " + type + " is wrong");
    }
  }

  private void checkHeader(ByteBuffer all, int at, int length) {
    if (length != 13) {
      throw refusal("its header has " + length + " bytes, not 13");
    }
    int width = all.getInt(at);
    int height = all.getInt(at + 4);
    if (width < 1 || height < 1) {
      throw refusal("it says to have " + height + " x " + width + " pixels");
    }
    ImageSize.check(file, height, width);
  }

  private static Picture lookedUp(Raster raster, IndexColorModel palette) {
    int size = palette.getMapSize();
    boolean grey = true;
    byte[] colours = new byte[3 * size];
    for (int i = 0; i < size; i++) {
      int alpha = palette.getAlpha(i);
      colours[3 * i] = (byte) onBlack(palette.getRed(i), alpha, 255);
      colours[3 * i + 1] = (byte) onBlack(palette.getGreen(i), alpha, 255);
      colours[3 * i + 2] = (byte) onBlack(palette.getBlue(i), alpha, 255);
      grey &= colours[3 * i] == colours[3 * i + 1] && colours[3 * i] == colours[3 * i + 2];
    }
    int channels = grey ? 1 : 3;
    int width = raster.getWidth();
    byte[] samples = new byte[Math.multiplyExact(raster.getHeight() * width, channels)];
    int[] row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        int index = Math.min(row[x], size - 1);
        System.arraycopy(colours, 3 * index, samples, (y * width + x) * channels, channels);
      }
    }
    return new Picture(raster.getHeight(), width, channels, samples);
  }

  private static Picture direct(Raster raster, boolean alpha, boolean onBlack) {
    int bands = raster.getNumBands();
    int channels = alpha ? bands - 1 : bands;
    int max = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
    int width = raster.getWidth();
    byte[] samples = new byte[Math.multiplyExact(raster.getHeight() * width, channels)];
    int[] row = new int[width * bands];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int opacity = alpha && !onBlack ? row[x * bands + channels] : max;
        for (int c = 0; c < channels; c++) {
          int value = onBlack(row[x * bands + c], opacity, max);
          samples[(y * width + x) * channels + c] = (byte) ((value * 255L + max / 2) / max);
        }
      }
    }
    return new Picture(raster.getHeight(), width, channels, samples);
  }

  private static int onBlack(int value, int alpha, int max) {
    return (int) (((long) value * alpha + max / 2) / max);
  }

  private DataException refusal(String reason) {
    return new DataException(file + ": damaged PNG: " + reason + "; write it again");
  }
}
