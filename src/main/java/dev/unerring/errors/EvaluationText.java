// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.data.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An evaluation as tables: a column for all samples, and those without twins. */
final class EvaluationText {
  /** Confusion matrices of more classes do not fit a screen; JSON has them. */
  private static final int SHOWN_CLASSES = 20;

  private static final int COLUMN = 26;
  private static final int TWIN_COLUMN = 42;
  private static final int NAME = 28;

  private final Evaluation evaluation;
  private final boolean multiLabel;
  private final StringBuilder out = new StringBuilder();

  EvaluationText(Evaluation evaluation) {
    this.evaluation = evaluation;
    this.multiLabel = evaluation.task() == Task.MULTI_LABEL;
  }

  String text() {
    Figures all = evaluation.all();
    List<String> heads = new ArrayList<>(List.of("all " + all.samples()));
    for (Evaluation.Remainder rest : evaluation.shown()) {
      String what = heads.size() == 1 ? "without a twin in train " : "";
      heads.add(what + "(r < " + rest.correlation() + ") " + rest.figures().samples());
    }
    cells(evaluation.split(), heads);
    if (multiLabel) {
      int labels = evaluation.labelNames().size();
      row("  wrong decisions", f -> f.errors() + "/" + (long) f.samples() * labels);
    }
    row("  wrong samples", f -> f.wrongSamples().count() + "/" + f.samples());
    row("  share [95 %]", f -> f.wrongSamples().toText());
    row("  ACC (official)", f -> number(f.official().acc()));
    row(
        multiLabel ? "  most frequent answers" : "  largest class alone",
        f -> number(f.majorityShare()));
    row("  AUC (official)", f -> number(f.official().auc()));
    row("  balanced accuracy", f -> number(f.balancedAccuracy()));
    row("  macro F1", f -> number(f.macroF1()));
    calibration();
    mostHaveTwins(all);
    if (all.errors() == 0) {
      line(
          "  none wrong of %d: the error rate may still be up to %.4f",
          all.samples(), all.wrongSamples().high());
    }
    withoutAuc(all);
    classes(all);
    confusion(all);
    return out.toString();
  }

  private void mostHaveTwins(Figures all) {
    if (evaluation.mostHaveTwins()) {
      Evaluation.Remainder rest = evaluation.shown().getFirst();
      line(
          "  %d of %d samples have a twin in train (r >= %s): the few that are left are no fair"
              + " sample of the split%s",
          all.samples() - rest.figures().samples(),
          all.samples(),
          rest.correlation(),
          evaluation.shown().size() == 1
              ? ""
              : "; beside them those without one at r >= "
                  + evaluation.shown().get(1).correlation());
    }
  }

  private void calibration() {
    Calibration calibration = evaluation.calibration();
    if (calibration == null) {
      line("  not calibrated: no validation samples of this run at hand");
      return;
    }
    row("  NLL raw -> calibrated", f -> pair(f.raw().nll(), f.calibrated().nll()));
    row("  ECE raw -> calibrated", f -> pair(f.raw().ece(), f.calibrated().ece()));
    line(
        "  temperature %.4f from %d validation samples (there: NLL %s, ECE %s)",
        calibration.temperature(),
        calibration.samples(),
        pair(calibration.raw().nll(), calibration.calibrated().nll()),
        pair(calibration.raw().ece(), calibration.calibrated().ece()));
    if (calibration.bound()) {
      line("  %s", calibration.warning());
    }
  }

  private void withoutAuc(Figures all) {
    List<Integer> without = all.official().withoutAuc();
    if (without.isEmpty()) {
      return;
    }
    String which =
        evaluation.task() == Task.BINARY
            ? "one class only"
            : without.stream().map(this::name).collect(Collectors.joining(", "));
    line("  no AUC, for want of samples of both kinds: %s", which);
  }

  private void classes(Figures figures) {
    line("");
    line(
        "%-" + NAME + "s%8s%8s  %-22s%-22s%8s%8s%8s",
        multiLabel ? "label" : "class",
        "samples",
        "share",
        "sensitivity [95 %]",
        "specificity [95 %]",
        "precis.",
        "F1",
        "AUC");
    for (int c = 0; c < figures.classes().size(); c++) {
      ClassFigures each = figures.classes().get(c);
      line(
          "%-" + NAME + "s%8d%8s  %-22s%-22s%8s%8s%8s",
          name(c),
          each.positives(),
          number(each.prevalence()),
          each.sensitivity().toText(),
          each.specificity().toText(),
          number(each.precision().share()),
          number(each.f1()),
          number(each.auc()));
    }
  }

  private void confusion(Figures figures) {
    line("");
    if (multiLabel) {
      line("%-" + NAME + "s%8s%8s%8s%8s", "label", "TP", "FP", "FN", "TN");
      for (int c = 0; c < figures.classes().size(); c++) {
        ClassFigures each = figures.classes().get(c);
        line(
            "%-" + NAME + "s%8d%8d%8d%8d",
            name(c),
            each.truePositives(),
            each.falsePositives(),
            each.falseNegatives(),
            each.trueNegatives());
      }
      return;
    }
    if (figures.confusion().size() > SHOWN_CLASSES) {
      line("confusion matrix of %d classes: see --json", figures.confusion().size());
      return;
    }
    StringBuilder head = new StringBuilder(cut("given \\ predicted"));
    for (int c = 0; c < figures.confusion().size(); c++) {
      head.append(String.format(Locale.ROOT, "%7d", c));
    }
    line("%s", head);
    for (int c = 0; c < figures.confusion().size(); c++) {
      StringBuilder row = new StringBuilder(cut(name(c)));
      for (int count : figures.confusion().get(c)) {
        row.append(String.format(Locale.ROOT, "%7d", count));
      }
      line("%s", row);
    }
  }

  private String name(int c) {
    String name = c + " " + evaluation.labelNames().get(c);
    return name.length() < NAME ? name : name.substring(0, NAME - 4) + "...";
  }

  private static String cut(String text) {
    return String.format(Locale.ROOT, "%-" + NAME + "s", text);
  }

  private void row(String title, Function<Figures, String> figure) {
    List<String> cells = new ArrayList<>(List.of(figure.apply(evaluation.all())));
    evaluation.shown().forEach(rest -> cells.add(figure.apply(rest.figures())));
    cells(title, cells);
  }

  private void cells(String title, List<String> cells) {
    StringBuilder row = new StringBuilder(cut(title));
    for (int i = 0; i < cells.size(); i++) {
      int width = i == 0 ? COLUMN : TWIN_COLUMN;
      row.append(String.format(Locale.ROOT, "%-" + width + "s", cells.get(i)));
    }
    line("%s", row);
  }

  private static String pair(double before, double after) {
    return number(before) + " -> " + number(after);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
  }

  private void line(String form, Object... values) {
    out.append(String.format(Locale.ROOT, form, values).stripTrailing()).append('\n');
  }
}
