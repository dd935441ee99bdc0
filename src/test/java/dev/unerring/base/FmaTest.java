// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The emulations of fma have the bits of {@link Math#fma}: special values in all combinations,
 * random bits, and sums near ties, near cancellation, near underflow and near overflow.
 */
final class FmaTest {
  private static final int DRAWS = 100_000;

  private static void check(float a, float b, float c) {
    int expected = Float.floatToIntBits(Math.fma(a, b, c));
    int found = Float.floatToIntBits(Fma.emulate(a, b, c));
    if (expected != found) {
      assertEquals(
          Float.toHexString(Float.intBitsToFloat(expected)),
          Float.toHexString(Float.intBitsToFloat(found)),
          () -> Float.toHexString(a) + " * " + Float.toHexString(b) + " + " + Float.toHexString(c));
    }
  }

  private static void check(double a, double b, double c) {
    long expected = Double.doubleToLongBits(Math.fma(a, b, c));
    long found = Double.doubleToLongBits(Fma.emulate(a, b, c));
    if (expected != found) {
      assertEquals(
          Double.toHexString(Double.longBitsToDouble(expected)),
          Double.toHexString(Double.longBitsToDouble(found)),
          () ->
              Double.toHexString(a)
                  + " * "
                  + Double.toHexString(b)
                  + " + "
                  + Double.toHexString(c));
    }
  }

  @Test
  void floats() {
    FmaCases.special(FmaTest::check);
    FmaCases.random(FmaTest::check);
  }

  @Test
  void specialDoubles() {
    FmaCases.special((a, b, c) -> check((double) a, (double) b, (double) c));
    double[] doubles = {Double.MIN_VALUE, 0x1p-1000, 0x1p-500, 0x1p500, Double.MAX_VALUE, 1.5};
    for (double a : doubles) {
      for (double b : doubles) {
        for (double c : doubles) {
          check(a, b, c);
          check(-a, b, c);
        }
      }
    }
  }

  @Test
  void randomDoubles() {
    for (int i = 0; i < DRAWS; i++) {
      long a = Philox.bits64(7, 1_301, 0, 3L * i);
      long b = Philox.bits64(7, 1_301, 0, 3L * i + 1);
      long c = Philox.bits64(7, 1_301, 0, 3L * i + 2);
      double x = Double.longBitsToDouble(a & 0x800fffffffffffffL | 1010L + (b & 15) << 52);
      double y = Double.longBitsToDouble(b & 0x800fffffffffffffL | 1010L + (c & 15) << 52);
      double z = Double.longBitsToDouble(c & 0x800fffffffffffffL | 900L + i % 200 << 52);
      check(Double.longBitsToDouble(a), Double.longBitsToDouble(b), Double.longBitsToDouble(c));
      check(x, y, z);
      check(x, y, Double.longBitsToDouble(Double.doubleToRawLongBits(-(x * y)) + i % 7 - 3));
      check(
          1 + (a & 3) * 0x1p-52, Math.copySign(0x1p-54 * (1 + (b & 3)), y), 1 + (c & 7) * 0x1p-52);
      check(x, 0x1p-60 * y, z);
    }
  }

  @Test
  void thisMachineIsTimedRight() {
    boolean flagged =
        ManagementFactory.getRuntimeMXBean().getInputArguments().contains("-XX:-UseFMA");
    if (!flagged && System.getProperty("os.arch").equals("amd64")) {
      assertFalse(Fma.emulated() && hasFma(), "Math.fma is an instruction here");
    }
  }

  private static boolean hasFma() {
    try {
      return Files.readString(Path.of("/proc/cpuinfo")).contains(" fma ");
    } catch (IOException e) {
      return false;
    }
  }
}
