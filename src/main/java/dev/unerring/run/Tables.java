// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.audit.Admission;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.CorrectionRound;
import dev.unerring.errors.CategorizedError;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Misclassification;
import dev.unerring.train.EpochRow;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The CSV files of a run folder; first line the names, numbers as Java prints them. */
final class Tables {
  private Tables() {}

  static String metrics(List<EpochRow> rows) {
    boolean missed = rows.stream().anyMatch(row -> row.missed() >= 0);
    StringBuilder csv = new StringBuilder("epoch,steps,loss,trainErrors,valErrors,valAcc,valAuc");
    csv.append(missed ? ",missed\n" : "\n");
    for (EpochRow row : rows) {
      lineWith(
          missed,
          row.missed(),
          csv,
          row.epoch(),
          row.steps(),
          row.loss(),
          row.trainErrors(),
          row.valErrors(),
          row.valAcc(),
          row.valAuc());
    }
    return csv.toString();
  }

  static String corrections(List<CorrectionResult> corrections) {
    boolean missed =
        corrections.stream().flatMap(c -> c.rounds().stream()).anyMatch(r -> r.missed() >= 0);
    StringBuilder csv = new StringBuilder("corrector,round,t,dt,sweeps,steps,errors,accepted");
    csv.append(missed ? ",missed\n" : "\n");
    for (CorrectionResult correction : corrections) {
      for (CorrectionRound round : correction.rounds()) {
        lineWith(
            missed,
            round.missed(),
            csv,
            round.corrector(),
            round.round(),
            round.t(),
            round.dt(),
            round.sweeps(),
            round.steps(),
            round.errors(),
            round.accepted());
      }
    }
    return csv.toString();
  }

  /**
   * Errors found first and those that are left at the end, with the number of classes.
   *
   * @param stage name of the moment at which the first were found
   */
  static String errors(
      String stage,
      List<CategorizedError> first,
      List<CategorizedError> last,
      Labels goals,
      int classes) {
    StringBuilder csv =
        new StringBuilder(
            "stage,sampleIndex,column,givenLabel,predictedLabel,goalLabel,margin,tie,category,"
                + "otherIndex,correlation");
    for (int j = 0; j < classes; j++) {
      csv.append(",logit").append(j);
    }
    csv.append('\n');
    errors(csv, stage, first, goals);
    errors(csv, "final", last, goals);
    return csv.toString();
  }

  private static void errors(
      StringBuilder csv, String stage, List<CategorizedError> errors, Labels goals) {
    for (CategorizedError categorized : errors) {
      Misclassification error = categorized.error();
      boolean none = categorized.other() < 0;
      Object[] fields = new Object[11 + error.logits().length];
      fields[0] = stage;
      fields[1] = error.sampleIndex();
      fields[2] = error.column();
      fields[3] = error.givenLabel();
      fields[4] = error.predictedLabel();
      fields[5] = goals.values()[error.sampleIndex() * goals.columns() + error.column()];
      fields[6] = error.margin();
      fields[7] = error.tie();
      fields[8] = categorized.category().label();
      fields[9] = none ? "" : categorized.other();
      fields[10] = none ? "" : categorized.correlation();
      for (int j = 0; j < error.logits().length; j++) {
        fields[11 + j] = error.logits()[j];
      }
      line(csv, fields);
    }
  }

  /** A line with {@code last} at its end where the table has that column. */
  private static void lineWith(boolean column, int last, StringBuilder csv, Object... fields) {
    Object[] all = Arrays.copyOf(fields, fields.length + (column ? 1 : 0));
    if (column) {
      all[fields.length] = last;
    }
    line(csv, all);
  }

  /**
   * What became of new samples; {@code sampleIndex} is where they are in train now.
   *
   * @param earlier training samples before
   */
  static String added(Admission admission, int earlier) {
    StringBuilder csv = new StringBuilder("row,verdict,sampleIndex,twin,labels,imageSha256\n");
    int next = earlier;
    for (Admission.Sample each : admission.samples()) {
      boolean joins = each.verdict() == Admission.Verdict.JOINS;
      line(
          csv,
          each.sample().sampleIndex(),
          each.verdict().name().toLowerCase(Locale.ROOT),
          joins ? next++ : "",
          each.twin() == null ? "" : each.twin().place(),
          each.sample().labels().stream().map(String::valueOf).collect(Collectors.joining(" ")),
          each.imageSha256());
    }
    return csv.toString();
  }

  private static void line(StringBuilder csv, Object... fields) {
    for (int i = 0; i < fields.length; i++) {
      csv.append(i == 0 ? "" : ",").append(fields[i]);
    }
    csv.append('\n');
  }
}
