// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.REAL;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.list;
import static dev.unerring.base.JsonForm.object;

import dev.unerring.base.JsonForm;
import dev.unerring.base.JsonForm.Type;
import dev.unerring.errors.Costs;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.ExpectedCost;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the errors of a run cost.
 *
 * @param costs of each error
 * @param train of the training samples
 * @param val of the validation samples
 * @param test of the test samples
 * @param neverMissed of the class never to miss; empty without one
 */
public record CostFigures(
    Costs costs,
    SplitCost train,
    SplitCost val,
    SplitCost test,
    Optional<NeverMissed> neverMissed) {
  private static final Type<SplitCost> SPLIT = object(SplitCost::form);

  /**
   * Cost of the errors on one split.
   *
   * @param mean cost a sample; empty without samples
   * @param upper exact upper limit of the expected cost; empty for samples that were fitted
   * @param missed of the class never to miss; empty without one
   */
  public record SplitCost(Optional<Double> mean, Optional<Double> upper, Optional<Integer> missed) {
    /**
     * Of counted errors.
     *
     * @param drawn false for samples that the network was fitted to
     */
    public static SplitCost of(Costs costs, ErrorList errors, boolean drawn) {
      ExpectedCost expected = ExpectedCost.of(costs, errors);
      return new SplitCost(
          Optional.of(expected.mean()).filter(mean -> !mean.isNaN()),
          Optional.of(expected.upper()).filter(_ -> drawn),
          Optional.of(costs.missed(errors)).filter(_ -> costs.neverMiss() >= 0));
    }

    /** As in result.json. */
    public Map<String, Object> toJson() {
      return JsonForm.write(SplitCost::form, this);
    }

    private static SplitCost form(JsonForm f, SplitCost v) {
      return new SplitCost(
          f.nullable("mean", REAL, () -> v.mean),
          f.nullable("upper", REAL, () -> v.upper),
          f.optional("missed", INTEGER, () -> v.missed));
    }
  }

  /**
   * Since when no training sample of the class never to miss was taken for another class.
   *
   * @param name of the class
   * @param firstEpoch first epoch without a miss
   * @param otherErrorsThen errors of the other classes then
   * @param sinceEpoch epoch from which on none was missed; empty where that is a round, or none
   * @param sinceCorrector corrector of the round
   * @param sinceRound round from which on none was missed
   * @param otherErrorsSince errors of the other classes in this epoch or round
   * @param epochs epochs of training
   */
  public record NeverMissed(
      String name,
      Optional<Integer> firstEpoch,
      Optional<Integer> otherErrorsThen,
      Optional<Integer> sinceEpoch,
      Optional<String> sinceCorrector,
      Optional<Integer> sinceRound,
      Optional<Integer> otherErrorsSince,
      int epochs) {
    private static NeverMissed form(JsonForm f, NeverMissed v) {
      return new NeverMissed(
          f.value("class", TEXT, () -> v.name),
          f.optional("firstEpoch", INTEGER, () -> v.firstEpoch),
          f.optional("otherErrorsThen", INTEGER, () -> v.otherErrorsThen),
          f.optional("sinceEpoch", INTEGER, () -> v.sinceEpoch),
          f.optional("sinceCorrector", TEXT, () -> v.sinceCorrector),
          f.optional("sinceRound", INTEGER, () -> v.sinceRound),
          f.optional("otherErrorsSince", INTEGER, () -> v.otherErrorsSince),
          f.value("epochs", INTEGER, () -> v.epochs));
    }
  }

  static CostFigures form(JsonForm f, CostFigures v) {
    List<List<Double>> matrix =
        f.value("matrix", list(list(REAL, "numbers"), "rows"), () -> v.costs.matrix());
    Optional<Integer> neverMiss =
        f.nullable(
            "neverMiss",
            INTEGER,
            () -> Optional.of(v.costs.neverMiss()).filter(number -> number >= 0));
    return new CostFigures(
        new Costs(matrix, neverMiss.orElse(-1)),
        f.value("train", SPLIT, () -> v.train),
        f.value("val", SPLIT, () -> v.val),
        f.value("test", SPLIT, () -> v.test),
        f.optional("neverMissed", object(NeverMissed::form), () -> v.neverMissed));
  }
}
