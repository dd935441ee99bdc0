// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A count out of a number, with the exact (Clopper-Pearson) two-sided 95 % interval of the
 * probability behind it. 0 of n has an upper limit above 0; 0 of 0 has the interval [0, 1].
 *
 * @param count how many
 * @param of out of how many
 * @param low lower limit: the probability at which count or more come with 2.5 %
 * @param high upper limit: the probability at which count or fewer come with 2.5 %
 */
public record Proportion(int count, int of, double low, double high) {
  /** Probability beyond each limit. */
  static final double TAIL = 0.025;

  private static final int HALVINGS = 100;
  private static final int EXACT_FACTORIALS = 20;
  private static final double HALF_LOG_TWO_PI = 0.9189385332046727;

  /**
   * {@code count} out of {@code of}, with the limits.
   *
   * @throws IllegalArgumentException unless 0 &lt;= count &lt;= of
   */
  public static Proportion of(int count, int of) {
    if (count < 0 || count > of) {
      throw new IllegalArgumentException(count + " is not a count out of " + of);
    }
    return new Proportion(count, of, limit(count, of, TAIL), upper(count, of, TAIL));
  }

  /** The probability at which {@code count} or fewer out of {@code of} come with {@code tail}. */
  static double upper(int count, int of, double tail) {
    return 1.0 - limit(of - count, of, tail);
  }

  /** The share; NaN for 0 of 0. */
  public double share() {
    return (double) count / of;
  }

  /** E.g. {@code 0.762 [0.605, 0.879]}; a dash for 0 of 0. */
  public String toText() {
    return of == 0 ? "-" : String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", share(), low, high);
  }

  /** count, of, share (null for 0 of 0), low, high. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("count", count);
    json.put("of", of);
    json.put("share", of == 0 ? null : share());
    json.put("low", low);
    json.put("high", high);
    return json;
  }

  /** The lower limit by bisection: up to the share k / n the tail grows with p, from 0 to > 0.4. */
  private static double limit(int k, int n, double tail) {
    double low = 0.0;
    double high = k == 0 ? 0.0 : (double) k / n;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      boolean below = middle == 0.0 || tail(k, n, middle) < tail;
      low = below ? middle : low;
      high = below ? high : middle;
    }
    return low;
  }

  /** P(X >= k) of n trials with probability p, at most k / n, so that the terms fall from k on. */
  private static double tail(int k, int n, double p) {
    double log = logFactorial(n) - logFactorial(k) - logFactorial(n - k);
    log += k * StrictMath.log(p) + (n == k ? 0.0 : (n - k) * StrictMath.log1p(-p));
    double term = StrictMath.exp(log);
    double sum = 0.0;
    for (int i = k; term > sum * 0x1p-60; i++) {
      sum += term;
      term *= (n - i) / (i + 1.0) * (p / (1.0 - p));
    }
    return sum;
  }

  /**
   * log(n!): the integer up to 20!, which a long holds, then Stirling's series, error below 1e-15.
   */
  private static double logFactorial(int n) {
    if (n <= EXACT_FACTORIALS) {
      long product = 1;
      for (int i = 2; i <= n; i++) {
        product *= i;
      }
      return StrictMath.log(product);
    }
    double x = n + 1.0;
    double inverse = 1.0 / x;
    double square = inverse * inverse;
    double series =
        inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680)));
    return (x - 0.5) * StrictMath.log(x) - x + HALF_LOG_TWO_PI + series;
  }
}
