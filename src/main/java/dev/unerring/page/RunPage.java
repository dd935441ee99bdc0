// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.map;
import static dev.unerring.export.RunRecords.number;
import static dev.unerring.export.RunRecords.text;

import dev.unerring.base.EngineVersion;
import dev.unerring.errors.Proportion;
import dev.unerring.export.ModelExport;
import dev.unerring.export.RunRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The page of one run. */
final class RunPage {
  private RunPage() {}

  static String of(Look look) {
    RunRecords run = look.records();
    Page page = new Page(title(run), html -> first(html, run));
    page.section("floor", "Why not fewer: the floor", html -> PictureSections.floor(html, look));
    RecordSections.add(page, look);
    FigureSections.add(page, look);
    PictureSections.add(page, look);
    ClosingSections.add(page, look);
    return page.html(EngineVersion.number());
  }

  private static String title(RunRecords run) {
    return run.text("data") + ": network " + run.text("arch") + ", seed " + run.text("seed");
  }

  private static void first(Html html, RunRecords run) {
    Verdict.of(run).write(html);
    html.open("p").tag("strong", ModelExport.NOTICE, "class", "notice");
    html.text(
        " Every statement is about the listed samples and no others. Networks with enough values fit"
            + " any consistent labels, so read the test figures.");
    html.close();
    if (run.result().containsKey("synthetic")) {
      html.p("The images are generated from a seed: they show no patient.");
    }
    figures(html, run);
  }

  /** Errors of all splits, with intervals where samples were not trained on. */
  static void figures(Html html, RunRecords run) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "train",
            run.text("trainSamples"),
            run.text("trainErrors") + " of " + run.text("trainDecisions"),
            "a count, not an estimate",
            "",
            share(number(run.split("train"), "majorityShare"))));
    for (String name : List.of("val", "test")) {
      Map<?, ?> split = map(run.result(), name);
      if (split.isEmpty()) {
        rows.add(List.of(name, "–", "not counted", "–", "–", "–"));
        continue;
      }
      rows.add(
          List.of(
              name.equals("val") ? "validation" : name,
              text(split, "samples"),
              text(split, "errors") + " of " + text(split, "decisions"),
              accuracy(split),
              share(number(split, "auc")),
              share(number(run.split(name), "majorityShare"))));
    }
    Page.table(
        html,
        "Errors, accuracy with its exact 95 % interval, AUC, and the accuracy of always answering"
            + " the most frequent class",
        List.of("samples of", "number", "errors", "accuracy", "AUC", "majority class"),
        rows,
        false);
  }

  /** The share that is right, with its interval. */
  static String accuracy(Map<?, ?> split) {
    int of = (int) number(split, "decisions");
    return Proportion.of(of - (int) number(split, "errors"), of).toText();
  }

  static String share(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3f", value);
  }
}
