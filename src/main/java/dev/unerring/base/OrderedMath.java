// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

/**
 * exp and log with one stated algorithm: binary64 with a fixed fma polynomial, rounded once to
 * binary32. The same operations stand in {@code native/cpu/ordered_math.h} and in
 * docs/arithmetic.md; all give the same bits. NaN results are the canonical 0x7fc00000.
 *
 * <p>Error: below 0.5000001 units in the last place of the binary32 result (the binary64 value is
 * within 2^-48 relative of the true one).
 */
public final class OrderedMath {
  private static final double LOG2E = 0x1.71547652b82fep0;
  private static final double LN2_HIGH = 0x1.62e42fefa3800p-1;
  private static final double LN2_LOW = 0x1.ef35793c76730p-45;

  /** Adding and subtracting it rounds a binary64 below 2^51 to an integer, ties to even. */
  private static final double ROUND = 0x1.8p52;

  private static final double SQRT2 = 0x1.6a09e667f3bcdp0;

  private OrderedMath() {}

  /** e^x. exp(-infinity) = +0, exp(+infinity) = +infinity; above 0x1.62e43p6 it overflows. */
  public static float exp(float x) {
    if (x != x) {
      return Float.NaN;
    }
    if (x > 89.0f) {
      return Float.POSITIVE_INFINITY;
    }
    if (x < -104.0f) {
      return 0.0f;
    }
    double v = x;
    double n = (v * LOG2E + ROUND) - ROUND;
    double r = Fma.of(-n, LN2_HIGH, v);
    r = Fma.of(-n, LN2_LOW, r);
    double p = 1.0 / 6227020800.0;
    p = Fma.of(p, r, 1.0 / 479001600.0);
    p = Fma.of(p, r, 1.0 / 39916800.0);
    p = Fma.of(p, r, 1.0 / 3628800.0);
    p = Fma.of(p, r, 1.0 / 362880.0);
    p = Fma.of(p, r, 1.0 / 40320.0);
    p = Fma.of(p, r, 1.0 / 5040.0);
    p = Fma.of(p, r, 1.0 / 720.0);
    p = Fma.of(p, r, 1.0 / 120.0);
    p = Fma.of(p, r, 1.0 / 24.0);
    p = Fma.of(p, r, 1.0 / 6.0);
    p = Fma.of(p, r, 0.5);
    p = Fma.of(p, r, 1.0);
    p = Fma.of(p, r, 1.0);
    double power = Double.longBitsToDouble(((long) n + 1023L) << 52);
    return (float) (p * power);
  }

  /** Natural logarithm. log(0) = -infinity (both zeros), log(negative) = NaN. */
  public static float log(float x) {
    if (x != x || x < 0.0f) {
      return Float.NaN;
    }
    if (x == 0.0f) {
      return Float.NEGATIVE_INFINITY;
    }
    if (x == Float.POSITIVE_INFINITY) {
      return x;
    }
    long bits = Double.doubleToRawLongBits((double) x);
    double e = (double) ((bits >>> 52) - 1023L);
    double m = Double.longBitsToDouble((bits & 0x000fffffffffffffL) | 0x3ff0000000000000L);
    if (m > SQRT2) {
      m = m * 0.5;
      e = e + 1.0;
    }
    double f = m - 1.0;
    double s = f / (2.0 + f);
    double z = s * s;
    double p = 1.0 / 23.0;
    p = Fma.of(p, z, 1.0 / 21.0);
    p = Fma.of(p, z, 1.0 / 19.0);
    p = Fma.of(p, z, 1.0 / 17.0);
    p = Fma.of(p, z, 1.0 / 15.0);
    p = Fma.of(p, z, 1.0 / 13.0);
    p = Fma.of(p, z, 1.0 / 11.0);
    p = Fma.of(p, z, 1.0 / 9.0);
    p = Fma.of(p, z, 1.0 / 7.0);
    p = Fma.of(p, z, 1.0 / 5.0);
    p = Fma.of(p, z, 1.0 / 3.0);
    p = p * z;
    double t = 2.0 * s;
    double low = Fma.of(t, p, e * LN2_LOW);
    return (float) (Fma.of(e, LN2_HIGH, t) + low);
  }
}
