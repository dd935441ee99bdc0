// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

/**
 * fma with one rounding, as {@link Math#fma}, which takes microseconds where the processor or the
 * JVM has no instruction for it (it computes in decimals then). The bits are the same either way.
 */
public final class Fma {
  private static final int TRIALS = 8;
  private static final int CALLS = 32;

  /** With the instruction a trial takes less than 2 microseconds, without it more than 100. */
  private static final long SLOW_NANOSECONDS = 20_000;

  private static final boolean SLOW = slow();

  private Fma() {}

  /** Whether {@link Math#fma} is not an instruction here. */
  public static boolean emulated() {
    return SLOW;
  }

  private static boolean slow() {
    long least = Long.MAX_VALUE;
    float value = 0.1f;
    for (int trial = 0; trial < TRIALS; trial++) {
      long begin = System.nanoTime();
      for (int i = 0; i < CALLS; i++) {
        value = Math.fma(value, 0.5f, 0.1f);
      }
      least = Math.min(least, System.nanoTime() - begin);
    }
    return least > SLOW_NANOSECONDS && value > 0;
  }

  /** a * b + c, rounded once. */
  public static float of(float a, float b, float c) {
    return SLOW ? emulate(a, b, c) : Math.fma(a, b, c);
  }

  /** a * b + c, rounded once. */
  public static double of(double a, double b, double c) {
    return SLOW ? emulate(a, b, c) : Math.fma(a, b, c);
  }

  /**
   * The product of two floats is exact in binary64. The sum there is rounded to odd, so that the
   * second rounding is that of the exact value (native/cpu/exact_fma.h).
   */
  static float emulate(float a, float b, float c) {
    double product = (double) a * b;
    return (float) toOdd(product, c);
  }

  /** x + y; of its two neighbours the one with an odd last bit where it is not exact. */
  private static double toOdd(double x, double y) {
    double sum = x + y;
    double rest = sum - x;
    double error = (x - (sum - rest)) + (y - rest);
    if (error < 0 || error > 0) { // not NaN either
      long bits = Double.doubleToRawLongBits(sum);
      if ((bits & 1) == 0) {
        return Double.longBitsToDouble(bits + ((error < 0) == (sum < 0) ? 1 : -1));
      }
    }
    return sum;
  }

  // ---- binary64: Boldo and Melquiond, Emulation of FMA and correctly rounded sums, 2008 ----

  /** Veltkamp's constant, which splits 53 bits into halves. */
  private static final double SPLITTER = 0x1p27 + 1;

  /** Within these no part of the sums overflows, or is lost below the smallest number. */
  private static final double LARGEST = 0x1p480;

  private static final double SMALLEST = 0x1p-400;

  static double emulate(double a, double b, double c) {
    double high = a * b;
    boolean inside =
        Math.abs(a) <= LARGEST
            && Math.abs(b) <= LARGEST
            && Math.abs(c) <= LARGEST
            && Math.abs(high) >= SMALLEST
            && (c == 0 || Math.abs(c) >= SMALLEST);
    if (!inside) {
      return a == 0 || b == 0 ? high + c : Math.fma(a, b, c);
    }
    double low = productError(a, b, high);
    double lowSum = c + low;
    double lowError = sumError(c, low, lowSum);
    double sum = high + lowSum;
    double error = sumError(high, lowSum, sum);
    return sum + toOdd(lowError, error);
  }

  /** a * b - product, exactly. */
  private static double productError(double a, double b, double product) {
    double t = SPLITTER * a;
    double a1 = t - (t - a);
    double a2 = a - a1;
    double u = SPLITTER * b;
    double b1 = u - (u - b);
    double b2 = b - b1;
    return a2 * b2 - (((product - a1 * b1) - a2 * b1) - a1 * b2);
  }

  /** x + y - sum, exactly. */
  private static double sumError(double x, double y, double sum) {
    double rest = sum - x;
    return (x - (sum - rest)) + (y - rest);
  }
}
