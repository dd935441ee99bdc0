// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import java.util.List;
import java.util.TreeSet;

/**
 * Mean cost of a sample, with an upper limit of the expected one for samples drawn like these. With
 * the distinct costs c1 &lt; c2 &lt; ... &lt; cL above c0 = 0 of the matrix, the expected cost is
 * the sum over k of (ck - c(k-1)) * P(an error of cost ck or more). Each P has the exact
 * (Clopper-Pearson) one-sided upper limit at 2.5 % / L, so that all hold together (Bonferroni) with
 * 97.5 %: the upper end of a two-sided 95 % interval. With one cost this is cost * {@link
 * Proportion#high}. Without any error the limit is above 0.
 *
 * @param mean sum of the costs divided by the number of samples; NaN without samples
 * @param upper the limit
 */
public record ExpectedCost(double mean, double upper) {
  /** Of errors judged on given labels; {@code costs} has a matrix. */
  public static ExpectedCost of(Costs costs, ErrorList errors) {
    TreeSet<Double> levels = new TreeSet<>();
    costs.matrix().forEach(levels::addAll);
    levels.remove(0.0);
    List<Double> each = errors.errors().stream().map(costs::of).toList();
    double upper = 0.0;
    double below = 0.0;
    for (double level : levels) {
      int count = (int) each.stream().filter(cost -> cost >= level).count();
      upper +=
          (level - below)
              * Proportion.upper(count, errors.samples(), Proportion.TAIL / levels.size());
      below = level;
    }
    return new ExpectedCost(costs.total(errors) / errors.samples(), upper);
  }
}
