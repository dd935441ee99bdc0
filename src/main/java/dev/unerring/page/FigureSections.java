// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import dev.unerring.data.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.ClassFigures;
import dev.unerring.errors.Figures;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Reliability;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Figures that the saved model gives, class by class. */
final class FigureSections {
  /** Classes up to which a matrix is readable. */
  private static final int MATRIX = 24;

  private static final int BINS = 10;

  private FigureSections() {}

  static void add(Page page, Look look) {
    page.section("classes", "Class by class", html -> classes(html, look));
    page.section("scores", "Can scores be believed?", html -> reliability(html, look));
  }

  private static void classes(Html html, Look look) {
    boolean any = false;
    for (String split : List.of("test", "val")) {
      Optional<LabelledLogits> outcome = look.outcome(split).filter(each -> each.samples() > 0);
      if (outcome.isPresent()) {
        any = true;
        Figures figures = Figures.of(outcome.get(), null);
        String name = split.equals("val") ? "Validation" : "Test";
        html.tag("h3", name + " samples");
        table(html, look, figures, name);
        matrix(html, look, figures, name);
      }
    }
    if (!any) {
      absent(html, look);
    }
  }

  /** Why something of the model is not there. */
  static void absent(Html html, Look look) {
    html.p(
        look.missing().isEmpty()
            ? "The data or the model were not at hand; 'unerring report' shows this where they are."
            : "Not shown: " + look.missing());
  }

  private static void table(Html html, Look look, Figures figures, String name) {
    List<List<String>> rows = new ArrayList<>();
    for (int c = 0; c < figures.classes().size(); c++) {
      ClassFigures each = figures.classes().get(c);
      rows.add(
          List.of(
              look.label(c),
              String.valueOf(each.positives()),
              each.sensitivity().toText(),
              each.specificity().toText(),
              each.precision().toText(),
              RunPage.share(each.auc())));
    }
    Page.table(
        html,
        name + ": shares with exact 95 % intervals",
        List.of("class", "samples", "sensitivity", "specificity", "precision", "AUC"),
        rows,
        false);
  }

  private static void matrix(Html html, Look look, Figures figures, String name) {
    List<List<Integer>> matrix = figures.confusion();
    if (matrix.isEmpty()) {
      return; // several labels a sample
    }
    if (matrix.size() > MATRIX) {
      html.p("The confusion matrix of %d classes is left out.", matrix.size());
      return;
    }
    String caption = name + ": rows are given classes, columns predicted ones";
    Page.openTable(html, caption, "numbers");
    html.open("thead").open("tr");
    html.tag("th", "given", "scope", "col");
    for (int c = 0; c < matrix.size(); c++) {
      html.tag("th", look.label(c), "scope", "col");
    }
    html.close().close().open("tbody");
    for (int g = 0; g < matrix.size(); g++) {
      int all = matrix.get(g).stream().mapToInt(Integer::intValue).sum();
      html.open("tr").tag("th", look.label(g), "scope", "row");
      for (int p = 0; p < matrix.size(); p++) {
        int count = matrix.get(g).get(p);
        int level = count == 0 ? 0 : 1 + Math.min(3, 4 * count / Math.max(1, all));
        html.tag("td", count, "class", "l" + level + (g == p ? " diagonal" : ""));
      }
      html.close();
    }
    html.close().close().close();
  }

  private static void reliability(Html html, Look look) {
    Optional<LabelledLogits> test = look.outcome("test").filter(each -> each.samples() > 0);
    if (test.isEmpty()) {
      absent(html, look);
      return;
    }
    double[] middle = new double[BINS];
    for (int i = 0; i < BINS; i++) {
      middle[i] = (i + 0.5) / BINS;
    }
    html.open("div", "class", "charts");
    Chart chart = new Chart("Test: share that is right, by score", "score");
    chart.line("ideal", new double[] {0, 1}, new double[] {0, 1});
    chart.line("raw", middle, bins(test.get(), 1.0));
    Optional<Calibration> calibration = look.calibration();
    calibration.ifPresent(c -> chart.line("calibrated", middle, bins(test.get(), c.temperature())));
    chart.write(html);
    html.close();
    Figures figures = Figures.of(test.get(), calibration.orElse(null));
    if (figures.raw() != null) {
      html.p(
          "Expected calibration error on test: %.3f raw, %.3f after division of the logits by the"
              + " temperature %.3f, which was chosen on validation samples.",
          figures.raw().ece(), figures.calibrated().ece(), calibration.get().temperature());
      if (calibration.get().warning() != null) {
        html.p(calibration.get().warning());
      }
    }
  }

  /** Share of right answers by score, NaN where a bin is empty. */
  private static double[] bins(LabelledLogits outcome, double temperature) {
    int classes = outcome.classes();
    double[] scores = Reliability.scores(outcome.task(), outcome.logits(), classes, temperature);
    int[] right = new int[BINS];
    int[] size = new int[BINS];
    boolean multiLabel = outcome.task() == Task.MULTI_LABEL;
    Labels labels = outcome.given();
    for (int n = 0; n < outcome.samples(); n++) {
      int top = multiLabel ? 0 : labels.predicted(outcome.logits(), n, 0);
      for (int c = multiLabel ? 0 : top; c < (multiLabel ? classes : top + 1); c++) {
        int bin = Math.min(BINS - 1, (int) (scores[n * classes + c] * BINS));
        right[bin] += outcome.given(n, c) ? 1 : 0;
        size[bin]++;
      }
    }
    double[] shares = new double[BINS];
    for (int i = 0; i < BINS; i++) {
      shares[i] = size[i] == 0 ? Double.NaN : (double) right[i] / size[i];
    }
    return shares;
  }

  /** A number of a sample for a caption. */
  static String figure(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3g", value);
  }
}
