// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.list;
import static dev.unerring.export.RunRecords.map;
import static dev.unerring.export.RunRecords.maps;
import static dev.unerring.export.RunRecords.number;
import static dev.unerring.export.RunRecords.text;

import dev.unerring.export.RunRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the records say of training and correction. */
final class RecordSections {
  private RecordSections() {}

  static void add(Page page, Look look) {
    RunRecords run = look.records();
    page.section("training", "How it learned", html -> training(html, run));
    page.section("correction", "What correction did", html -> correction(html, run));
  }

  private static double[] column(List<Map<String, String>> rows, String name) {
    return rows.stream().mapToDouble(row -> value(row.get(name))).toArray();
  }

  static double value(String field) {
    try {
      return field == null || field.isEmpty() ? Double.NaN : Double.parseDouble(field);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  private static void training(Html html, RunRecords run) {
    List<Map<String, String>> rows = run.table("metrics.csv");
    if (rows.isEmpty()) {
      html.p("No epoch was trained in this run.");
      return;
    }
    double[] epochs = column(rows, "epoch");
    html.open("div", "class", "charts");
    new Chart("Errors (logarithmic; 0 at the bottom)", "epoch")
        .logarithmic()
        .line("training", epochs, column(rows, "trainErrors"))
        .line("validation", epochs, column(rows, "valErrors"))
        .write(html);
    new Chart("Validation figures", "epoch")
        .line("AUC", epochs, column(rows, "valAuc"))
        .line("accuracy", epochs, column(rows, "valAcc"))
        .write(html);
    new Chart("Loss", "epoch").line("training", epochs, column(rows, "loss")).write(html);
    html.close();
    price(html, run, rows);
    html.open("details").tag("summary", "The numbers of all epochs");
    Page.table(
        html,
        "metrics.csv",
        List.of("epoch", "loss", "training errors", "validation errors", "accuracy", "AUC"),
        rows.stream()
            .map(row ->
                List.of(
                    row.get("epoch"),
                    rounded(row.get("loss")),
                    row.get("trainErrors"),
                    row.get("valErrors"),
                    rounded(row.get("valAcc")),
                    rounded(row.get("valAuc"))))
            .toList(),
        false);
    html.close();
  }

  private static String rounded(String field) {
    double value = value(field);
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.4f", value);
  }

  /** What going on to the last training error did to the test figures. */
  private static void price(Html html, RunRecords run, List<Map<String, String>> rows) {
    Map<?, ?> best = map(run.result(), "bestValidation");
    Map<?, ?> early = map(best, "test");
    Map<?, ?> last = map(run.result(), "test");
    if (early.isEmpty() || last.isEmpty()) {
      return;
    }
    html.tag("h3", "The price of perfection");
    int epoch = (int) number(best, "epoch");
    String errors =
        epoch >= 1 && epoch <= rows.size() ? rows.get(epoch - 1).get("trainErrors") : "–";
    Page.table(
        html,
        "Test figures of the epoch with the best validation AUC and of the saved model",
        List.of("model", "training errors", "test accuracy", "test AUC"),
        List.of(
            List.of("epoch " + epoch, errors, share(early, "acc"), share(early, "auc")),
            List.of("saved", run.text("trainErrors"), share(last, "acc"), share(last, "auc")),
            List.of(
                "difference", "", difference(early, last, "acc"), difference(early, last, "auc"))),
        false);
  }

  private static String share(Map<?, ?> object, String key) {
    return RunPage.share(number(object, key));
  }

  private static String difference(Map<?, ?> early, Map<?, ?> last, String key) {
    double change = number(last, key) - number(early, key);
    return Double.isNaN(change) ? "–" : String.format(Locale.ROOT, "%+.3f", change);
  }

  private static void correction(Html html, RunRecords run) {
    List<Map<?, ?>> corrections = maps(run.result(), "corrections");
    if (corrections.isEmpty()) {
      html.p("No corrector ran. Training left %s errors.", run.text("trainErrorsAfterTraining"));
    } else {
      Page.table(
          html,
          "Correctors in their order; errors are decisions that miss their goal label",
          List.of("corrector", "errors before", "errors after", "rounds", "steps", "ended by"),
          corrections.stream()
              .map(each ->
                  List.of(
                      text(each, "corrector"),
                      text(each, "errorsBefore"),
                      text(each, "errorsAfter"),
                      text(each, "rounds"),
                      text(each, "steps"),
                      text(each, "endedBy")))
              .toList(),
          false);
      rounds(html, run);
    }
    versions(html, run);
    costs(html, run);
  }

  private static void rounds(Html html, RunRecords run) {
    List<Map<String, String>> rows = run.table("corrections.csv");
    double[] numbers = new double[rows.size()];
    double[] errors = column(rows, "errors");
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i + 1;
    }
    html.open("div", "class", "charts");
    new Chart("Goals missed, round by round (logarithmic)", "round")
        .logarithmic()
        .line("missed", numbers, errors)
        .write(html);
    html.close();
  }

  private static void versions(Html html, RunRecords run) {
    List<Map<?, ?>> versions = maps(run.result(), "versions");
    if (versions.size() < 2) {
      return;
    }
    html.tag("h3", "Versions of this model");
    List<List<String>> rows = new ArrayList<>();
    for (Map<?, ?> each : versions) {
      rows.add(
          List.of(
              text(each, "version"),
              text(each, "joined"),
              text(each, "trainSamples"),
              text(each, "trainErrorsBefore"),
              text(each, "trainErrors"),
              share(map(each, "val"), "acc")));
    }
    Page.table(
        html,
        "Each version learned samples that were found later",
        List.of(
            "version",
            "joined",
            "training samples",
            "errors before",
            "errors after",
            "validation accuracy"),
        rows,
        false);
  }

  private static void costs(Html html, RunRecords run) {
    Map<?, ?> costs = map(run.result(), "costs");
    if (costs.isEmpty()) {
      return;
    }
    html.tag("h3", "What errors cost");
    List<List<String>> rows = new ArrayList<>();
    for (String split : List.of("train", "val", "test")) {
      Map<?, ?> each = map(costs, split);
      rows.add(List.of(split, share(each, "mean"), share(each, "upper"), text(each, "missed")));
    }
    Page.table(
        html,
        "Mean cost of a sample, its upper limit, and missed samples of the class never to miss",
        List.of("split", "mean", "upper limit", "missed"),
        rows,
        false);
    if (!list(costs, "neverMissed").isEmpty()) {
      html.p("Never to miss: %s", list(costs, "neverMissed"));
    }
  }
}
