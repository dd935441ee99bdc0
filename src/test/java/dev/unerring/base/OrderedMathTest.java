// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * exp and log are within {@link #LARGEST_ERROR} units in the last place of the true value, with the
 * stated values at zeros, infinities and NaN, and do not decrease where the function increases.
 */
final class OrderedMathTest {
  /** Half a unit for the one rounding to binary32, 1e-7 for the binary64 value (2^-48 relative). */
  private static final double LARGEST_ERROR = 0.5 + 1e-7;

  /** Steps through all bit patterns; odd, so that the low bits change. */
  private static final int STRICT_STEP = 4_093;

  private static final int BIG_STEP = 1_048_573;

  @Test
  void expIsWithinItsErrorOfStrictMath() {
    double worst = 0;
    for (long bits = 0; bits < 1L << 32; bits += STRICT_STEP) {
      float x = Float.intBitsToFloat((int) bits);
      worst = Math.max(worst, error(OrderedMath.exp(x), StrictMath.exp(x)));
    }
    report("exp against StrictMath", worst);
  }

  @Test
  void logIsWithinItsErrorOfStrictMath() {
    double worst = 0;
    for (long bits = 1; bits < 0x7f800000L; bits += STRICT_STEP / 3) {
      float x = Float.intBitsToFloat((int) bits);
      worst = Math.max(worst, error(OrderedMath.log(x), StrictMath.log(x)));
    }
    report("log against StrictMath", worst);
  }

  /** StrictMath's own error is below one binary64 unit: 2^-29 of a binary32 one. */
  private static double error(float found, double wanted) {
    if (wanted != wanted || Math.abs(wanted) > Float.MAX_VALUE) {
      assertEquals(Float.floatToIntBits((float) wanted), Float.floatToIntBits(found));
      return 0;
    }
    return Math.abs(found - wanted) / Math.ulp((float) wanted);
  }

  @Test
  void expIsWithinItsErrorOfTheSeries() {
    double worst = 0;
    for (long bits = 0; bits < 1L << 32; bits += BIG_STEP) {
      float x = Float.intBitsToFloat((int) bits);
      if (x > -103.9f && x < 88.7f) {
        worst = Math.max(worst, error(OrderedMath.exp(x), BigMath.exp(new BigDecimal(x))));
      }
    }
    report("exp against the 60-digit series", worst);
  }

  @Test
  void logIsWithinItsErrorOfTheSeries() {
    double worst = 0;
    for (long bits = 1; bits < 0x7f800000L; bits += BIG_STEP) {
      float x = Float.intBitsToFloat((int) bits);
      worst = Math.max(worst, error(OrderedMath.log(x), BigMath.log(x)));
    }
    for (int i = -200; i <= 200; i++) {
      float x = Float.intBitsToFloat(Float.floatToIntBits(1.0f) + i * i * i);
      worst = Math.max(worst, error(OrderedMath.log(x), BigMath.log(x)));
    }
    report("log against the 60-digit series", worst);
  }

  private static double error(float found, BigDecimal wanted) {
    BigDecimal unit = new BigDecimal(Math.ulp(wanted.floatValue()));
    BigDecimal distance = new BigDecimal(found).subtract(wanted).abs();
    return distance.divide(unit, MathContext.DECIMAL64).doubleValue();
  }

  private static void report(String what, double worst) {
    System.out.printf(Locale.ROOT, "OrderedMathTest: %s: largest error %.9f ulp%n", what, worst);
    assertTrue(worst <= LARGEST_ERROR, what + ": " + worst);
  }

  @Test
  void expOfSpecialValues() {
    assertBits(0x3f800000, OrderedMath.exp(0.0f));
    assertBits(0x3f800000, OrderedMath.exp(-0.0f));
    assertBits(0x3f800000, OrderedMath.exp(Float.MIN_VALUE));
    assertBits(0x402df854, OrderedMath.exp(1.0f));
    assertBits(0x7f800000, OrderedMath.exp(Float.POSITIVE_INFINITY));
    assertBits(0x00000000, OrderedMath.exp(Float.NEGATIVE_INFINITY));
    assertBits(0x7fc00000, OrderedMath.exp(Float.intBitsToFloat(0xffc12345)));
    assertBits(0x7fc00000, OrderedMath.exp(Float.intBitsToFloat(0x7f812345)));
    float largest = Float.intBitsToFloat(0x42b17217);
    assertBits(0x7f7fff84, OrderedMath.exp(largest));
    assertBits(0x7f800000, OrderedMath.exp(Math.nextUp(largest)));
    float smallest = Float.intBitsToFloat(0xc2cff1b4);
    assertBits(0x00000001, OrderedMath.exp(smallest));
    assertBits(0x00000000, OrderedMath.exp(Math.nextDown(smallest)));
  }

  @Test
  void logOfSpecialValues() {
    assertBits(0x00000000, OrderedMath.log(1.0f));
    assertBits(0xff800000, OrderedMath.log(0.0f));
    assertBits(0xff800000, OrderedMath.log(-0.0f));
    assertBits(0x7fc00000, OrderedMath.log(-Float.MIN_VALUE));
    assertBits(0x7fc00000, OrderedMath.log(Float.NEGATIVE_INFINITY));
    assertBits(0x7f800000, OrderedMath.log(Float.POSITIVE_INFINITY));
    assertBits(0x7fc00000, OrderedMath.log(Float.intBitsToFloat(0xffc12345)));
    assertBits(0x3f317218, OrderedMath.log(2.0f));
    assertBits(0xc2ce8ed0, OrderedMath.log(Float.MIN_VALUE));
    assertBits(0x42b17218, OrderedMath.log(Float.MAX_VALUE));
  }

  private static void assertBits(int expected, float found) {
    assertEquals(
        Integer.toHexString(expected), Integer.toHexString(Float.floatToRawIntBits(found)));
  }

  @Test
  void theyDoNotDecrease() {
    float halfOfLn2 = 0.34657359f;
    for (int n = -300; n <= 256; n++) {
      float x = n * halfOfLn2;
      for (int i = 0; i < 400; i++) {
        float next = Math.nextUp(x);
        assertTrue(OrderedMath.exp(x) <= OrderedMath.exp(next), "exp at " + x);
        x = next;
      }
    }
    for (float center : new float[] {1e-45f, 1e-38f, 0.7071067f, 1.0f, 1.4142135f, 3e38f}) {
      float x = center * 0.9999f;
      for (int i = 0; i < 5_000; i++) {
        float next = Math.nextUp(x);
        assertTrue(OrderedMath.log(x) <= OrderedMath.log(next), "log at " + x);
        x = next;
      }
    }
  }
}
