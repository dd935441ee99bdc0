package dev.unerring.images;

import dev.unerring.base.DataException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.nio.file.Path;

/**
 * A picture in memory as 8-bit grey or RGB, by the rules for PNG files: samples as they are, 16
 * bits become (v * 255 + 32767) / 65535, transparent pixels lie on black.
 */
final class BufferedPicture {
  private BufferedPicture() {}

  /**
   * The samples of a picture.
   *
   * @param name for messages
   * @throws DataException where its colour model is neither grey, RGB nor a palette, or has more
   *     than 16 bits a sample
   */
  static Picture of(Path name, BufferedImage image) {
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

  private static Picture direct(Raster raster, boolean alpha, boolean mixed) {
    int bands = raster.getNumBands();
    int channels = alpha ? bands - 1 : bands;
    int max = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
    int width = raster.getWidth();
    byte[] samples = new byte[Math.multiplyExact(raster.getHeight() * width, channels)];
    int[] row = new int[width * bands];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int opacity = alpha && !mixed ? row[x * bands + channels] : max;
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
}
