// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Decides exactly whether a correlation reaches a bound. With n values x and y of two images,
 * {@code product = n * sum(xy) - sum(x) * sum(y)} and {@code varianceX = n * sum(xx) - sum(x)^2},
 * the correlation is product / sqrt(varianceX * varianceY). binary64 decides where it is farther
 * from the bound than its own error can be, integers of any length decide the rest.
 */
final class CorrelationBound {
  /** Four roundings of 2^-53 each are far below this. */
  private static final double CLOSE = 1e-9;

  private final double value;
  private final BigInteger numeratorSquared;
  private final BigInteger denominatorSquared;

  /**
   * A bound, taken as the decimal that it is written as.
   *
   * @param value above 0, at most 1
   */
  CorrelationBound(double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException("a bound is above 0 and at most 1, not " + value);
    }
    this.value = value;
    BigDecimal decimal = BigDecimal.valueOf(value);
    this.numeratorSquared = decimal.unscaledValue().pow(2);
    this.denominatorSquared = BigInteger.TEN.pow(2 * decimal.scale());
  }

  double value() {
    return value;
  }

  /** Whether the correlation is at least the bound; both variances are positive. */
  boolean reached(long product, long varianceX, long varianceY) {
    double distance = correlation(product, varianceX, varianceY) - value;
    if (Math.abs(distance) > CLOSE) {
      return distance > 0;
    }
    BigInteger left = BigInteger.valueOf(product).pow(2).multiply(denominatorSquared);
    BigInteger variances = BigInteger.valueOf(varianceX).multiply(BigInteger.valueOf(varianceY));
    return left.compareTo(variances.multiply(numeratorSquared)) >= 0;
  }

  /** The correlation in binary64, for showing and sorting. */
  static double correlation(long product, long varianceX, long varianceY) {
    return varianceX == varianceY
        ? (double) product / varianceX
        : product / (Math.sqrt((double) varianceX) * Math.sqrt((double) varianceY));
  }
}
