// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.EndedBy;
import dev.unerring.base.JsonFields;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Misclassification;
import dev.unerring.network.Checkpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Error lists, rounds and results in checkpoints: every number keeps its bits. */
public final class Kept {
  private Kept() {}

  /** Errors as JSON. */
  public static Map<String, Object> json(ErrorList list) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", list.samples());
    json.put("columns", list.columns());
    List<Object> errors = new ArrayList<>();
    for (Misclassification each : list.errors()) {
      List<Object> row = new ArrayList<>();
      row.add(each.sampleIndex());
      row.add(each.column());
      row.add(each.givenLabel());
      row.add(each.predictedLabel());
      row.add(each.tie() ? 1 : 0);
      row.add(Float.floatToRawIntBits(each.margin()));
      for (float logit : each.logits()) {
        row.add(Float.floatToRawIntBits(logit));
      }
      errors.add(row);
    }
    json.put("errors", errors);
    return json;
  }

  /** Errors of {@link #json(ErrorList)}. */
  public static ErrorList errors(JsonFields json) {
    List<Misclassification> errors = new ArrayList<>();
    for (List<Integer> row : json.groups("errors")) {
      float[] logits = new float[row.size() - 6];
      for (int j = 0; j < logits.length; j++) {
        logits[j] = Float.intBitsToFloat(row.get(6 + j));
      }
      float margin = Float.intBitsToFloat(row.get(5));
      boolean tie = row.get(4) == 1;
      errors.add(
          new Misclassification(
              row.get(0), row.get(1), row.get(2), row.get(3), logits, margin, tie));
    }
    return new ErrorList(json.small("samples"), json.small("columns"), List.copyOf(errors));
  }

  static Map<String, Object> json(CorrectionRound round) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("corrector", round.corrector());
    json.put("round", round.round());
    json.put("t", Checkpoint.bits(round.t()));
    json.put("dt", Checkpoint.bits(round.dt()));
    json.put("sweeps", round.sweeps());
    json.put("steps", round.steps());
    json.put("errors", round.errors());
    json.put("accepted", round.accepted());
    json.put("wrong", round.wrong());
    json.put("missed", round.missed());
    return json;
  }

  static List<CorrectionRound> rounds(JsonFields json) {
    List<CorrectionRound> rounds = new ArrayList<>();
    for (JsonFields each : json.objects("rounds")) {
      rounds.add(
          new CorrectionRound(
              each.text("corrector"),
              each.small("round"),
              Checkpoint.real(each.text("t")),
              Checkpoint.real(each.text("dt")),
              each.small("sweeps"),
              each.integer("steps"),
              each.small("errors"),
              each.flag("accepted"),
              each.smalls("wrong"),
              each.small("missed")));
    }
    return rounds;
  }

  static Map<String, Object> json(CorrectionResult result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("corrector", result.corrector());
    json.put("errorsBefore", result.errorsBefore());
    json.put("errorsAfter", result.errorsAfter());
    json.put("rounds", result.rounds().stream().map(Kept::json).toList());
    json.put("steps", result.steps());
    json.put("endedBy", result.endedBy().toString());
    json.put("plateau", result.plateau());
    return json;
  }

  static CorrectionResult result(JsonFields json) {
    return new CorrectionResult(
        json.text("corrector"),
        json.small("errorsBefore"),
        json.small("errorsAfter"),
        rounds(json),
        json.integer("steps"),
        endedBy(json.text("endedBy")),
        json.smalls("plateau"));
  }

  /** The reason that has this word. */
  public static EndedBy endedBy(String word) {
    return Stream.of(EndedBy.values())
        .filter(each -> each.toString().equals(word))
        .findFirst()
        .orElse(EndedBy.OTHER);
  }
}
