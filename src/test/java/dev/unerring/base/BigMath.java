// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * exp and log to at least 40 significant digits, by series: the oracle of {@link OrderedMathTest}.
 */
public final class BigMath {
  private static final MathContext DIGITS = new MathContext(70);
  private static final int HALVINGS = 20;
  private static final BigDecimal TWO = BigDecimal.valueOf(2);
  private static final BigDecimal SCALE = TWO.pow(HALVINGS);
  private static final BigDecimal NEGLIGIBLE = BigDecimal.ONE.movePointLeft(70);

  private BigMath() {}

  /** (e^(x / 2^20))^(2^20); twenty squarings lose seven of 70 digits. */
  public static BigDecimal exp(BigDecimal x) {
    BigDecimal reduced = x.divide(SCALE, DIGITS);
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ONE;
    for (int n = 1; term.abs().compareTo(NEGLIGIBLE) > 0; n++) {
      term = term.multiply(reduced, DIGITS).divide(BigDecimal.valueOf(n), DIGITS);
      sum = sum.add(term, DIGITS);
    }
    for (int i = 0; i < HALVINGS; i++) {
      sum = sum.multiply(sum, DIGITS);
    }
    return sum;
  }

  /** One cubic step y + 2 (x - e^y) / (x + e^y) from a binary64 start: relative error 1e-45. */
  public static BigDecimal log(float x) {
    BigDecimal value = new BigDecimal(x);
    BigDecimal start = new BigDecimal(StrictMath.log(x));
    BigDecimal power = exp(start);
    BigDecimal step = TWO.multiply(value.subtract(power)).divide(value.add(power, DIGITS), DIGITS);
    return start.add(step, DIGITS);
  }
}
