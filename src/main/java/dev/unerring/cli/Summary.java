// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.report.Machine;
import dev.unerring.report.RunReport;
import dev.unerring.report.SplitFigures;
import dev.unerring.report.SplitFigures.Accuracy;
import dev.unerring.report.TrainErrors;
import dev.unerring.report.VersionFigures;
import dev.unerring.run.RunResult;
import java.util.Locale;
import java.util.Optional;

/** The result of a run for a reader; result.json has all of it. */
final class Summary {
  private Summary() {}

  static String of(RunResult result) {
    RunReport r = result.report();
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s, network %s (%s parameters), seed %s",
        r.data().name(),
        r.model().architecture(),
        r.model().parameters(),
        r.model().seed());
    if (r.data().synthetic()) {
      line(text, "synthetic images, generated from a seed: they show no patient");
    }
    text.append('\n');
    r.line().before().ifPresent(before -> version(text, r, before));
    TrainErrors train = r.train();
    line(
        text,
        "training errors    %s/%s   floor %s%s",
        counted(train.errors(), "not counted"),
        train.decisions(),
        train.floor(),
        verdict(r));
    if (train.containsTrainingImages()) {
      line(
          text,
          "  without patches  %s/%s",
          counted(train.errorsBeforePatch(), "not counted"),
          train.decisions());
      line(
          text,
          "  THE MODEL HOLDS %s TRAINING IMAGES: %s training samples are right by patches, which is"
              + " memorisation (docs/repair.md)",
          train.patches(),
          counted(train.patchedSamples(), "some"));
    }
    result.conflicts().forEach(conflict -> line(text, "  %s", conflict));
    split(text, "validation", r.val());
    split(text, "test", r.test());
    r.costs().ifPresent(costs -> CostLines.of(costs).forEach(each -> line(text, "%s", each)));
    r.bestValidation()
        .ifPresent(best ->
            line(
                text,
                "%-18s %s   (the epoch with the best validation AUC)",
                "test, epoch " + best.epoch(),
                figures(best.test())));
    text.append('\n');
    line(text, "weightsSha256      %s", r.weightsSha256());
    r.logitsSha256().ifPresent(hash -> line(text, "logitsSha256       %s", hash));
    Machine machine = r.machine();
    line(
        text,
        "%s, %s, %s s; %s (%s, %s), arithmetic %s",
        count(r.work().epochs(), "epoch"),
        count(r.work().rounds(), "correction round"),
        r.seconds().get("total"),
        machine.device(),
        machine.kernels(),
        count(machine.threads(), "thread"),
        machine.arithmetic());
    line(
        text,
        "saved in %s; %s",
        result.folder(),
        r.rechecked()
            ? "counted again from the saved model and the data file"
            : "NOT " + GoalMissed.recheck(r));
    line(text, "About these %s training samples only. Not for clinical use.", train.samples());
    return text.toString();
  }

  /** Of a later version: what joined, and the figures of the version before. */
  private static void version(StringBuilder text, RunReport r, VersionFigures before) {
    VersionFigures own = r.line().own();
    line(
        text,
        "version %-10s %s joined %s, %s more already there or twice",
        own.version(),
        count(own.joined(), "sample"),
        before.trainSamples(),
        own.known());
    line(
        text,
        "errors before      %s/%s   by version %s",
        counted(own.errorsBefore(), "not counted"),
        r.train().decisions(),
        before.version());
    r.line()
        .closedWorldFile()
        .ifPresent(file ->
            line(
                text,
                "closed world       %s in the new folder: all images, those of training too",
                file));
    split(text, "validation before", before.val());
  }

  private static String verdict(RunReport r) {
    if (!r.rechecked()) {
      return "   NOT RE-CHECKED (" + r.endedBy() + ")";
    }
    if (!r.goalReached()) {
      return "   NOT REACHED (" + r.endedBy() + ")";
    }
    return r.baseLine() ? "   (base line: not corrected)" : "";
  }

  /** Nothing where a stop left no time to count it. */
  private static void split(StringBuilder text, String name, Optional<SplitFigures> split) {
    split.ifPresent(each ->
        line(
            text,
            "%-18s %s   (%s/%s wrong)",
            name,
            figures(each.accuracy()),
            each.errors(),
            each.decisions()));
  }

  private static String figures(Accuracy accuracy) {
    String auc = accuracy.auc().map(value -> figure(value)).orElse("  -  ");
    return "ACC " + figure(accuracy.acc()) + "  AUC " + auc;
  }

  static String figure(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  static String counted(Optional<Integer> number, String absent) {
    return number.map(String::valueOf).orElse(absent);
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static void line(StringBuilder text, String form, Object... values) {
    text.append(String.format(Locale.ROOT, form, values)).append('\n');
  }
}
