// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.CorrectionRound;
import dev.unerring.errors.Costs;
import dev.unerring.report.CostFigures;
import dev.unerring.report.CostFigures.NeverMissed;
import dev.unerring.report.CostFigures.SplitCost;
import dev.unerring.train.EpochRow;
import java.util.List;
import java.util.Optional;

/** What a run's errors cost, and since when the class never to miss had no false negative. */
final class CostReport {
  private CostReport() {}

  /**
   * The figures.
   *
   * @param names of the classes, by number
   * @param recheck the counts that are the result
   * @param epochs rows of training
   * @param corrections what each corrector did
   */
  static CostFigures of(
      Costs costs,
      List<String> names,
      Recheck recheck,
      List<EpochRow> epochs,
      List<CorrectionResult> corrections) {
    return new CostFigures(
        costs,
        SplitCost.of(costs, recheck.train().errors(), false),
        SplitCost.of(costs, recheck.val().errors(), true),
        SplitCost.of(costs, recheck.test().errors(), true),
        costs.neverMiss() < 0
            ? Optional.empty()
            : Optional.of(neverMissed(names.get(costs.neverMiss()), epochs, corrections)));
  }

  /**
   * Since when none was missed up to the end of training: the epoch, and the errors of the other
   * classes then, which are the price; else the corrector and round.
   */
  private static NeverMissed neverMissed(
      String name, List<EpochRow> epochs, List<CorrectionResult> corrections) {
    Optional<EpochRow> first = epochs.stream().filter(row -> row.missed() == 0).findFirst();
    EpochRow epoch = null;
    for (EpochRow row : epochs) {
      epoch = row.missed() > 0 ? null : epoch == null ? row : epoch;
    }
    CorrectionRound round = null;
    if (epoch == null) {
      for (CorrectionResult correction : corrections) {
        for (CorrectionRound each : correction.rounds()) {
          if (each.t() == 1.0) {
            round = each.missed() > 0 ? null : round == null ? each : round;
          }
        }
      }
    }
    Optional<EpochRow> sinceEpoch = Optional.ofNullable(epoch);
    Optional<CorrectionRound> sinceRound = Optional.ofNullable(round);
    return new NeverMissed(
        name,
        first.map(EpochRow::epoch),
        first.map(EpochRow::trainErrors),
        sinceEpoch.map(EpochRow::epoch),
        sinceRound.map(CorrectionRound::corrector),
        sinceRound.map(CorrectionRound::round),
        sinceEpoch.map(EpochRow::trainErrors).or(() -> sinceRound.map(CorrectionRound::errors)),
        epochs.size());
  }
}
