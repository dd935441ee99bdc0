// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.run.RunResult;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The result of a run for a reader; result.json has all of it. */
final class Summary {
  private Summary() {}

  static String of(RunResult result) {
    Map<String, Object> r = result.json();
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%s, network %s (%s parameters), seed %s",
        r.get("data"),
        r.get("arch"),
        r.get("parameters"),
        r.get("seed"));
    if (r.containsKey("synthetic")) {
      line(text, "synthetic images, generated from a seed: they show no patient");
    }
    text.append('\n');
    version(text, r);
    line(
        text,
        "training errors    %s/%s   floor %s%s",
        r.get("trainErrors") == null ? "not counted" : r.get("trainErrors"),
        r.get("trainDecisions"),
        r.get("floor"),
        verdict(result));
    if (Boolean.TRUE.equals(r.get("containsTrainingImages"))) {
      line(
          text,
          "  without patches  %s/%s",
          result.rechecked() ? r.get("trainErrorsBeforePatch") : "not counted",
          r.get("trainDecisions"));
      line(
          text,
          "  THE MODEL HOLDS %s TRAINING IMAGES: %s training samples are right by patches, which is"
              + " memorisation (docs/repair.md)",
          r.get("patches"),
          result.rechecked() ? r.get("patchedSamples") : "some");
    }
    result.conflicts().forEach(conflict -> line(text, "  %s", conflict));
    split(text, "validation", (Map<?, ?>) r.get("val"));
    split(text, "test", (Map<?, ?>) r.get("test"));
    if (r.get("costs") instanceof Map<?, ?> costs) {
      CostLines.of(costs).forEach(each -> text.append(each).append('\n'));
    }
    if (r.get("bestValidation") instanceof Map<?, ?> best) {
      Map<?, ?> test = (Map<?, ?>) best.get("test");
      line(
          text,
          "%-18s ACC %s  AUC %s   (the epoch with the best validation AUC)",
          "test, epoch " + best.get("epoch"),
          figure(test.get("acc")),
          figure(test.get("auc")));
    }
    text.append('\n');
    line(text, "weightsSha256      %s", r.get("weightsSha256"));
    if (r.get("logitsSha256") != null) {
      line(text, "logitsSha256       %s", r.get("logitsSha256"));
    }
    line(
        text,
        "%s, %s, %s s; %s (%s, %s), arithmetic %s",
        count(r.get("epochs"), "epoch"),
        count(r.get("correctionRounds"), "correction round"),
        ((Map<?, ?>) r.get("seconds")).get("total"),
        r.get("device"),
        r.get("kernels"),
        count(r.get("threads"), "thread"),
        r.get("arithmetic"));
    line(
        text,
        "saved in %s; %s",
        result.folder(),
        result.rechecked()
            ? "counted again from the saved model and the data file"
            : "NOT " + GoalMissed.recheck(result));
    line(
        text, "About these %s training samples only. Not for clinical use.", r.get("trainSamples"));
    return text.toString();
  }

  /** Of a later version: what joined, and the figures of the version before. */
  private static void version(StringBuilder text, Map<String, Object> r) {
    List<?> versions = (List<?>) r.get("versions");
    if (versions == null || versions.size() < 2) {
      return;
    }
    Map<?, ?> own = (Map<?, ?>) versions.getLast();
    Map<?, ?> before = (Map<?, ?>) versions.get(versions.size() - 2);
    line(
        text,
        "version %-10s %s joined %s, %s more already there or twice",
        own.get("version"),
        count(own.get("joined"), "sample"),
        before.get("trainSamples"),
        own.get("known"));
    line(
        text,
        "errors before      %s/%s   by version %s",
        own.get("trainErrorsBefore"),
        r.get("trainDecisions"),
        before.get("version"));
    if (r.containsKey("closedWorldFile")) {
      line(
          text,
          "closed world       %s in the new folder: all images, those of training too",
          r.get("closedWorldFile"));
    }
    split(text, "validation before", (Map<?, ?>) before.get("val"));
  }

  private static String verdict(RunResult result) {
    if (!result.rechecked()) {
      return "   NOT RE-CHECKED (" + result.endedBy() + ")";
    }
    if (!result.goalReached()) {
      return "   NOT REACHED (" + result.endedBy() + ")";
    }
    return result.baseLine() ? "   (base line: not corrected)" : "";
  }

  private static void split(StringBuilder text, String name, Map<?, ?> split) {
    if (split == null) {
      return; // a stop left no time to count it
    }
    line(
        text,
        "%-18s ACC %s  AUC %s   (%s/%s wrong)",
        name,
        figure(split.get("acc")),
        figure(split.get("auc")),
        split.get("errors"),
        split.get("decisions"));
  }

  private static String figure(Object value) {
    return value instanceof Number number // 1 is an integer in JSON that was read
        ? String.format(Locale.ROOT, "%.3f", number.doubleValue())
        : "  -  ";
  }

  private static String count(Object number, String what) {
    return number + " " + what + (String.valueOf(number).equals("1") ? "" : "s");
  }

  private static void line(StringBuilder text, String form, Object... values) {
    text.append(String.format(Locale.ROOT, form, values)).append('\n');
  }
}
