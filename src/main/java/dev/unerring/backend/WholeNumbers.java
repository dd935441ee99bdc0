// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

/**
 * How the integer arithmetic of docs/arithmetic.md turns values into whole numbers times a power of
 * two.
 *
 * @param values whole numbers, at most {@link #LARGEST} in size
 * @param scales the power of two of each group of values, NaN where a value is not finite
 */
record WholeNumbers(short[] values, double[] scales) {
  /** Largest operand: 11 bits and a sign. */
  static final int LARGEST = 2047;

  private static final int BITS = 11;
  private static final int SMALLEST_EXPONENT = -126;
  private static final int NOT_FINITE = 0x7f800000;

  /**
   * Rounds values.
   *
   * @param groups equal parts of the values, each with a scale of its own
   */
  static WholeNumbers of(float[] values, int groups) {
    int size = values.length / groups;
    short[] rounded = new short[values.length];
    double[] scales = new double[groups];
    for (int g = 0; g < groups; g++) {
      int largest = 0;
      for (int i = g * size; i < (g + 1) * size; i++) {
        largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & 0x7fffffff);
      }
      scales[g] = scale(largest);
      if (largest == 0 || largest >= NOT_FINITE) {
        continue; // zeros
      }
      for (int i = g * size; i < (g + 1) * size; i++) {
        double whole = Math.rint(values[i] / scales[g]);
        rounded[i] = (short) Math.clamp(whole, -LARGEST, LARGEST);
      }
    }
    return new WholeNumbers(rounded, scales);
  }

  /** The scale of a group by the bits of its largest absolute value. */
  static double scale(int largest) {
    if (largest >= NOT_FINITE) {
      return Double.NaN;
    }
    if (largest == 0) {
      return 1.0;
    }
    int top = Math.getExponent(Float.intBitsToFloat(largest)); // -127 for subnormal values
    return Math.scalb(1.0, Math.max(top - (BITS - 1), SMALLEST_EXPONENT));
  }

  /** A sum of products as binary32: one rounding. */
  static float rounded(long sum, double scale) {
    return (float) (sum * scale);
  }
}
