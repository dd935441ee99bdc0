// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

/**
 * Operands of fma in float: special values in all combinations, random bits, and sums near ties,
 * near cancellation, near underflow and near overflow.
 */
public final class FmaCases {
  private static final int DRAWS = 500_000;

  private static final float[] FLOATS = {
    0.0f,
    Float.MIN_VALUE,
    3 * Float.MIN_VALUE,
    0x0.fffffep-126f,
    Float.MIN_NORMAL,
    0x1.fffffep-126f,
    0x1p-75f,
    0x1p-64f,
    0x1p-25f,
    0x1.000002p-24f,
    0x1p-23f,
    0x0.ffffffp0f,
    1.0f,
    0x1.000002p0f,
    0x1.fffffep0f,
    3.0f,
    0x1.000002p23f,
    0x1.fffffep24f,
    0x1p63f,
    0x1p100f,
    0x1p127f,
    Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NaN
  };

  private FmaCases() {}

  /** Takes a * b + c. */
  @FunctionalInterface
  public interface Triple {
    /** The next case. */
    void take(float a, float b, float c);
  }

  /** Special values in all combinations. */
  public static void special(Triple triple) {
    for (float a : FLOATS) {
      for (float b : FLOATS) {
        for (float c : FLOATS) {
          triple.take(a, b, c);
          triple.take(-a, b, c);
          triple.take(a, b, -c);
          triple.take(-a, b, -c);
        }
      }
    }
  }

  private static int exponent(int bits, int exponent) {
    return (bits & 0x807fffff) | exponent << 23;
  }

  /** Random operands, and those near what is difficult. */
  public static void random(Triple triple) {
    for (int i = 0; i < DRAWS; i++) {
      int a = Philox.bits(7, 1_300, 0, 3L * i);
      int b = Philox.bits(7, 1_300, 0, 3L * i + 1);
      int c = Philox.bits(7, 1_300, 0, 3L * i + 2);
      float x = Float.intBitsToFloat(exponent(a, 110 + (b >>> 28)));
      float y = Float.intBitsToFloat(exponent(b, 110 + (c >>> 28)));
      float product = x * y;
      triple.take(Float.intBitsToFloat(a), Float.intBitsToFloat(b), Float.intBitsToFloat(c));
      // Sums of all distances, and cancellation up to a few units.
      triple.take(x, y, Float.intBitsToFloat(exponent(c, 60 + i % 100)));
      triple.take(x, y, Float.intBitsToFloat(Float.floatToRawIntBits(-product) + i % 7 - 3));
      // A product at, or a little beside, half a unit of the addend.
      float half = Float.intBitsToFloat(exponent(b & 0x80000003, 127 - 25 + i % 4));
      triple.take(1.0f + (a & 3) * 0x1p-23f, half, Float.intBitsToFloat(exponent(c, 127)));
      // Results below the smallest normal number, and around the largest.
      float small = Float.intBitsToFloat(exponent(a, 32 + i % 3));
      triple.take(
          small,
          Float.intBitsToFloat(exponent(b, 64 + i % 40)),
          Float.intBitsToFloat(c & 0x80ffffff));
      float large = Float.intBitsToFloat(exponent(a, 190));
      triple.take(
          large,
          Float.intBitsToFloat(exponent(b, 188 + i % 4)),
          Float.intBitsToFloat(exponent(c, 254)));
    }
  }
}
