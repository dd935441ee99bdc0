// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.CorrectionRound;
import dev.unerring.errors.Costs;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.ExpectedCost;
import dev.unerring.train.EpochRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run's errors cost, and when the class that must not be missed had no false negative.
 *
 * @param names of the classes, by number
 * @param recheck the counts that are the result
 * @param epochs rows of training
 * @param corrections what each corrector did
 */
record CostReport(
    Costs costs,
    List<String> names,
    Recheck recheck,
    List<EpochRow> epochs,
    List<CorrectionResult> corrections) {

  /** The object {@code costs} of result.json. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>(costs.toJson());
    json.put("train", of(costs, recheck.train().errors(), false));
    json.put("val", of(costs, recheck.val().errors(), true));
    json.put("test", of(costs, recheck.test().errors(), true));
    if (costs.neverMiss() >= 0) {
      json.put("neverMissed", neverMissed());
    }
    return json;
  }

  /**
   * What these errors cost: mean, upper, and missed where a class must not be.
   *
   * @param drawn false for samples that the network was fitted to
   */
  static Map<String, Object> of(Costs costs, ErrorList errors, boolean drawn) {
    Map<String, Object> json = ExpectedCost.of(costs, errors).toJson(drawn);
    if (costs.neverMiss() >= 0) {
      json.put("missed", (long) costs.missed(errors));
    }
    return json;
  }

  /**
   * Since when none was missed up to the end of training: the epoch, and the errors of the other
   * classes then, which are the price; else the corrector and round.
   */
  private Map<String, Object> neverMissed() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("class", names.get(costs.neverMiss()));
    epochs.stream()
        .filter(row -> row.missed() == 0)
        .findFirst()
        .ifPresent(first -> {
          json.put("firstEpoch", (long) first.epoch());
          json.put("otherErrorsThen", (long) first.trainErrors());
        });
    EpochRow since = null;
    for (EpochRow row : epochs) {
      since = row.missed() > 0 ? null : since == null ? row : since;
    }
    if (since != null) {
      json.put("sinceEpoch", (long) since.epoch());
      json.put("otherErrorsSince", (long) since.trainErrors());
    } else {
      CorrectionRound first = null;
      for (CorrectionResult correction : corrections) {
        for (CorrectionRound round : correction.rounds()) {
          if (round.t() == 1.0) {
            first = round.missed() > 0 ? null : first == null ? round : first;
          }
        }
      }
      if (first != null) {
        inCorrection(json, first);
      }
    }
    json.put("epochs", (long) epochs.size());
    return json;
  }

  private static void inCorrection(Map<String, Object> json, CorrectionRound round) {
    json.put("sinceCorrector", round.corrector());
    json.put("sinceRound", (long) round.round());
    json.put("otherErrorsSince", (long) round.errors());
  }
}
