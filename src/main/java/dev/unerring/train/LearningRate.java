// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static dev.unerring.base.JsonForm.REAL;
import static dev.unerring.base.JsonForm.list;

import dev.unerring.base.JsonForm;
import java.util.List;

/**
 * Learning rate by epoch: constant, or smaller by a factor after given shares of the epochs.
 *
 * @param first rate of the first epoch
 * @param drops shares of all epochs after which the rate drops, ascending, each in 0 to 1
 * @param factor of each drop
 */
public record LearningRate(double first, List<Double> drops, double factor) {
  private static final double NO_CHANGE = 0.1;

  /** Checks the ranges. */
  public LearningRate {
    drops = List.copyOf(drops);
    Ranges.require(first > 0 && first <= 10, "learningRate", first, "above 0, at most 10");
    Ranges.require(factor > 0 && factor <= 1, "dropFactor", factor, "above 0, at most 1");
    double last = 0.0;
    for (double drop : drops) {
      Ranges.require(drop > last && drop < 1, "dropAt", drops, "ascending shares between 0 and 1");
      last = drop;
    }
  }

  /** The same rate in every epoch. */
  public static LearningRate constant(double rate) {
    return new LearningRate(rate, List.of(), NO_CHANGE);
  }

  /** The same drops from another first rate. */
  public LearningRate withFirst(double rate) {
    return new LearningRate(rate, drops, factor);
  }

  /** The rate of an epoch, from 1, of {@code epochs}. */
  public double at(int epoch, int epochs) {
    double rate = first;
    for (double drop : drops) {
      rate = epoch - 1 >= drop * epochs ? rate * factor : rate;
    }
    return rate;
  }

  static LearningRate form(JsonForm f, LearningRate v) {
    return new LearningRate(
        f.value("learningRate", REAL, () -> v.first),
        f.value("dropAt", list(REAL, "numbers"), () -> v.drops),
        f.value("dropFactor", REAL, () -> v.factor));
  }
}
