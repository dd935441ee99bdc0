// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.unerring.base.Philox;
import dev.unerring.data.Fit;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** Resizing is the exact mean over the covered area, whatever the sizes. */
class ResizerTest {
  private static Picture noise(int height, int width, int channels, int stream) {
    byte[] samples = new byte[height * width * channels];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) Philox.bits(5, 1_200, stream, i);
    }
    return new Picture(height, width, channels, samples);
  }

  /** The definition: fractions over the whole plane, in big integers. */
  private static byte[] mean(Picture in, int height, int width) {
    byte[] out = new byte[height * width * in.channels()];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < in.channels(); c++) {
          BigInteger sum = BigInteger.ZERO;
          for (int r = 0; r < in.height(); r++) {
            for (int s = 0; s < in.width(); s++) {
              long weight = overlap(y, in.height(), r, height) * overlap(x, in.width(), s, width);
              int value = in.samples()[(r * in.width() + s) * in.channels() + c] & 0xFF;
              sum = sum.add(BigInteger.valueOf(weight * value));
            }
          }
          BigInteger total = BigInteger.valueOf((long) in.height() * in.width());
          out[(y * width + x) * in.channels() + c] =
              sum.shiftLeft(1).add(total).divide(total.shiftLeft(1)).byteValue();
        }
      }
    }
    return out;
  }

  private static long overlap(int out, int inputs, int in, int outputs) {
    long end = Math.min((long) (out + 1) * inputs, (long) (in + 1) * outputs);
    long start = Math.max((long) out * inputs, (long) in * outputs);
    return Math.max(0, end - start);
  }

  @Test
  void equalsTheDefinitionForManySizes() {
    int[][] sizes = {{1, 1}, {2, 3}, {7, 5}, {28, 28}, {13, 40}, {30, 9}};
    int stream = 0;
    for (int[] from : sizes) {
      for (int[] to : sizes) {
        Picture in = noise(from[0], from[1], stream % 2 == 0 ? 1 : 3, stream++);
        Picture out = Resizer.resize(in, to[0], to[1], Fit.STRETCH);
        assertArrayEquals(mean(in, to[0], to[1]), out.samples());
      }
    }
  }

  @Test
  void halvesAreRoundedUpAndConstantsStay() {
    Picture two = new Picture(1, 2, 1, new byte[] {1, 2});
    assertArrayEquals(new byte[] {2}, Resizer.resize(two, 1, 1, Fit.STRETCH).samples());
    Picture white =
        new Picture(
            9, 5, 1, "\u00ff".repeat(45).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    for (byte value : Resizer.resize(white, 4, 7, Fit.STRETCH).samples()) {
      assertEquals(-1, value);
    }
  }

  @Test
  void theSameSizeIsTheSamePicture() {
    Picture in = noise(5, 4, 3, 99);
    for (Fit fit : Fit.values()) {
      assertSame(in, Resizer.resize(in, 5, 4, fit));
    }
  }

  @Test
  void cropKeepsTheMiddle() {
    Picture wide = new Picture(2, 5, 1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
    assertArrayEquals(new byte[] {2, 3, 7, 8}, Resizer.resize(wide, 2, 2, Fit.CROP).samples());
    Picture tall = new Picture(4, 2, 1, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    assertArrayEquals(new byte[] {3, 4, 5, 6}, Resizer.resize(tall, 2, 2, Fit.CROP).samples());
    Picture line = noise(1, 300, 1, 3);
    assertEquals(784, Resizer.resize(line, 28, 28, Fit.CROP).samples().length);
  }

  @Test
  void padKeepsAllOfItOnBlack() {
    Picture wide = new Picture(1, 2, 1, new byte[] {10, 20});
    assertArrayEquals(
        new byte[] {0, 0, 0, 0, 10, 10, 20, 20, 10, 10, 20, 20, 0, 0, 0, 0},
        Resizer.resize(wide, 4, 4, Fit.PAD).samples());
    Picture tall = new Picture(3, 1, 3, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
    assertArrayEquals(
        new byte[] {
          0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 7, 8, 9, 0, 0, 0
        },
        Resizer.resize(tall, 3, 3, Fit.PAD).samples());
    Picture line = noise(1, 300, 1, 3);
    assertEquals(784, Resizer.resize(line, 28, 28, Fit.PAD).samples().length);
  }
}
