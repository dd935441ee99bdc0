// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.LONG;
import static dev.unerring.base.JsonForm.REAL;
import static dev.unerring.base.JsonForm.list;

import dev.unerring.base.JsonForm;
import dev.unerring.certify.Recheck.SplitVerdict;
import dev.unerring.errors.Metrics;
import java.util.List;
import java.util.Optional;

/**
 * Figures of the validation or test split.
 *
 * @param samples of the split
 * @param decisions labels that are predicted
 * @param errors wrong decisions
 * @param wrongSamples samples with a wrong decision
 * @param accuracy the official figures
 */
public record SplitFigures(
    int samples, long decisions, int errors, int wrongSamples, Accuracy accuracy) {

  /**
   * The figures that MedMNIST defines.
   *
   * @param acc share of right decisions
   * @param auc area under the ROC curve; empty where it is not defined
   * @param withoutAuc classes that were left out of the mean AUC
   */
  public record Accuracy(double acc, Optional<Double> auc, List<Integer> withoutAuc) {
    /** Of computed figures. */
    public static Accuracy of(Metrics metrics) {
      return new Accuracy(
          metrics.acc(),
          Optional.of(metrics.auc()).filter(auc -> !auc.isNaN()),
          metrics.withoutAuc());
    }

    static Accuracy form(JsonForm f, Accuracy v) {
      return new Accuracy(
          f.value("acc", REAL, () -> v.acc),
          f.nullable("auc", REAL, () -> v.auc),
          f.optional(
                  "classesWithoutAuc",
                  list(INTEGER, "integers"),
                  () -> Optional.of(v.withoutAuc).filter(classes -> !classes.isEmpty()))
              .orElse(List.of()));
    }
  }

  /** Of counted errors. */
  public static SplitFigures of(SplitVerdict verdict) {
    return new SplitFigures(
        verdict.errors().samples(),
        verdict.errors().decisions(),
        verdict.errors().count(),
        verdict.errors().wrongSamples(),
        Accuracy.of(verdict.metrics()));
  }

  static SplitFigures form(JsonForm f, SplitFigures v) {
    return new SplitFigures(
        f.value("samples", INTEGER, () -> v.samples),
        f.value("decisions", LONG, () -> v.decisions),
        f.value("errors", INTEGER, () -> v.errors),
        f.value("wrongSamples", INTEGER, () -> v.wrongSamples),
        f.group(Accuracy::form, () -> v.accuracy));
  }
}
