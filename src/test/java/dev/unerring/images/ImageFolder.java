// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.base.Philox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** PNG and JPEG files that tests pack. */
public final class ImageFolder {
  private ImageFolder() {}

  /** A grey PNG of 8 bits. */
  public static byte[] grey(int height, int width, byte[] pixels) {
    return PngForge.png(height, width, 8, PngForge.GREY, PngTest.unsigned(pixels));
  }

  /** Noise as a PNG: grey 8 or 16 bit, or RGB, by the number. */
  public static byte[] picture(int height, int width, int number) {
    int type = number % 3 == 2 ? PngForge.RGB : PngForge.GREY;
    int depth = number % 3 == 1 ? 16 : 8;
    int[] samples = new int[height * width * (type == PngForge.RGB ? 3 : 1)];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Philox.bits(3, 1_400, number, i) >>> 32 - depth;
    }
    return PngForge.png(height, width, depth, type, samples);
  }

  /** Noise of 12 bits as a grey PNG of 16 bits, or what a window makes of it at 8 bits. */
  public static byte[] twelveBits(int height, int width, int number, boolean window) {
    int[] samples = new int[height * width];
    for (int i = 0; i < samples.length; i++) {
      int value = Philox.bits(3, 1_401, number, i) >>> 20;
      samples[i] = window ? value * 255 / 4095 : value;
    }
    return PngForge.png(height, width, window ? 8 : 16, PngForge.GREY, samples);
  }

  /** A noise file, its folders made. */
  public static Path write(Path folder, String name, int height, int width, int number) {
    return write(folder, name, picture(height, width, number));
  }

  /** A file, its folders made. */
  public static Path write(Path folder, String name, byte[] bytes) {
    try {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
