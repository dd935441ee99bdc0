// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.map;
import static dev.unerring.export.RunRecords.number;

import dev.unerring.base.EngineVersion;
import dev.unerring.base.Json;
import dev.unerring.export.ModelExport;
import dev.unerring.export.RunRecords;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Several runs beside each other: seeds of one plan overlaid, plans in one table. */
final class RunsPage {
  private static final int NAME = 11;

  private RunsPage() {}

  static String of(List<RunRecords> runs) {
    Page page = new Page(runs.size() + " runs side by side", html -> first(html, runs));
    page.section("table", "All runs", html -> table(html, runs));
    page.section("spread", "Spread over seeds", html -> spread(html, runs));
    page.section("curves", "How they learned", html -> curves(html, runs));
    for (int i = 0; i < runs.size(); i++) {
      RunRecords run = runs.get(i);
      page.section("run" + i, "Run " + (i + 1) + ": " + run.name(), html -> one(html, run));
    }
    return page.html(EngineVersion.number());
  }

  private static void first(Html html, List<RunRecords> runs) {
    long good = runs.stream().filter(run -> Verdict.of(run).good()).count();
    html.open("div", "class", good == runs.size() ? "verdict good" : "verdict");
    html.tag("strong", good + " of " + runs.size() + " runs at their floor");
    html.text(
        "A run is at its floor where its errors, counted again from the saved model and the data file,"
            + " are the fewest that are possible.");
    html.close();
    html.open("p").tag("strong", ModelExport.NOTICE, "class", "notice").close();
    html.p(
        "Each run is reproducible to the bit. One reproducible number is not a distribution: read the"
            + " spread over seeds.");
    if (runs.stream().map(run -> run.text("dataContentSha256")).distinct().count() > 1) {
      html.p("These runs are of different data: their figures cannot be compared with each other.");
    }
  }

  private static void table(Html html, List<RunRecords> runs) {
    List<List<String>> rows = new ArrayList<>();
    for (RunRecords run : runs) {
      Map<?, ?> test = map(run.result(), "test");
      rows.add(
          List.of(
              run.name(),
              run.text("data"),
              run.text("arch"),
              run.text("seed"),
              run.text("arithmetic"),
              run.text("trainErrors") + " of " + run.text("trainDecisions"),
              run.text("floor"),
              test.isEmpty() ? "–" : RunPage.accuracy(test),
              RunPage.share(number(test, "auc")),
              run.text("epochs"),
              run.text("correctionRounds")));
    }
    Page.table(
        html,
        "Test accuracy with its exact 95 % interval",
        List.of(
            "run",
            "data",
            "network",
            "seed",
            "arithmetic",
            "training errors",
            "floor",
            "test accuracy",
            "test AUC",
            "epochs",
            "correction rounds"),
        rows,
        false);
  }

  /** Runs that differ in nothing but the seed, by what they share. */
  private static Map<String, List<RunRecords>> plans(List<RunRecords> runs) {
    Map<String, List<RunRecords>> plans = new LinkedHashMap<>();
    for (RunRecords run : runs) {
      Map<Object, Object> plan = new LinkedHashMap<>(run.object("plan.json"));
      plan.remove("seed");
      String key = run.text("dataContentSha256") + Json.canonical(plan);
      plans.computeIfAbsent(key, _ -> new ArrayList<>()).add(run);
    }
    return plans;
  }

  private static void spread(Html html, List<RunRecords> runs) {
    List<List<String>> rows = new ArrayList<>();
    for (List<RunRecords> same : plans(runs).values()) {
      RunRecords one = same.getFirst();
      long seeds = same.stream().map(run -> run.text("seed")).distinct().count();
      rows.add(
          List.of(
              one.text("data") + ", " + one.text("arch") + " (" + one.name() + ")",
              String.valueOf(seeds),
              spread(same, "acc"),
              spread(same, "auc")));
    }
    Page.table(
        html,
        "Runs of one plan and one data set: mean, standard deviation over seeds, smallest and"
            + " largest value on test",
        List.of("plan", "seeds", "accuracy", "AUC"),
        rows,
        false);
    if (rows.stream().anyMatch(row -> row.get(1).equals("1"))) {
      html.p("A plan with one seed has no spread; train it with other values of --seed.");
    }
  }

  private static String spread(List<RunRecords> runs, String key) {
    double[] values =
        runs.stream()
            .mapToDouble(run -> number(map(run.result(), "test"), key))
            .filter(Double::isFinite)
            .toArray();
    if (values.length == 0) {
      return "–";
    }
    double sum = 0;
    double low = values[0];
    double high = values[0];
    for (double value : values) {
      sum += value;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    double mean = sum / values.length;
    if (values.length == 1) {
      return String.format(Locale.ROOT, "%.3f", mean);
    }
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double deviation = Math.sqrt(squares / (values.length - 1));
    return String.format(Locale.ROOT, "%.3f ± %.3f, %.3f to %.3f", mean, deviation, low, high);
  }

  private static void curves(Html html, List<RunRecords> runs) {
    Chart errors = new Chart("Training errors (logarithmic; 0 at the bottom)", "epoch");
    errors.logarithmic();
    Chart auc = new Chart("Validation AUC", "epoch");
    boolean one = plans(runs).size() == 1;
    for (RunRecords run : runs) {
      List<Map<String, String>> rows = run.table("metrics.csv");
      String name = one ? "seed " + run.text("seed") : shortened(run.name());
      double[] epochs = column(rows, "epoch");
      errors.line(name, epochs, column(rows, "trainErrors"));
      auc.line(name, epochs, column(rows, "valAuc"));
    }
    html.open("div", "class", "charts");
    errors.write(html);
    auc.write(html);
    html.close();
  }

  private static String shortened(String name) {
    return name.length() <= NAME ? name : name.substring(0, NAME - 2) + "..";
  }

  private static double[] column(List<Map<String, String>> rows, String name) {
    return rows.stream().mapToDouble(row -> RecordSections.value(row.get(name))).toArray();
  }

  private static void one(Html html, RunRecords run) {
    Verdict.of(run).write(html);
    RunPage.figures(html, run);
    html.p("weightsSha256 %s", run.text("weightsSha256"));
  }
}
