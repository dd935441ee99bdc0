// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.data.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * All figures of some judged samples. Means leave out the classes for which a figure is not
 * defined; NaN where that is all of them.
 *
 * @param samples number of samples
 * @param errors decisions that are wrong, as {@link ErrorList} counts them: one a sample, for
 *     multi-label one a label of each sample
 * @param wrongSamples samples with an error
 * @param official accuracy and AUC by the official rules
 * @param majorityShare accuracy of the constant answer that is right most often (multi-label: mean
 *     over the labels)
 * @param balancedAccuracy mean sensitivity over the classes (multi-label: mean over the labels of
 *     the mean of sensitivity and specificity)
 * @param macroF1 mean F1 over the classes or labels
 * @param classes figures of each class or label
 * @param confusion counts by given class (rows) and predicted class (columns); for multi-label
 *     empty, the four counts of each label stand in {@code classes}
 * @param raw reliability of the uncalibrated scores; null where there is no calibration
 * @param calibrated reliability of the calibrated scores; null where there is no calibration
 */
public record Figures(
    int samples,
    int errors,
    Proportion wrongSamples,
    Metrics official,
    double majorityShare,
    double balancedAccuracy,
    double macroF1,
    List<ClassFigures> classes,
    List<List<Integer>> confusion,
    Reliability raw,
    Reliability calibrated) {

  /**
   * Judges samples.
   *
   * @param calibration null for none
   */
  public static Figures of(LabelledLogits outcome, Calibration calibration) {
    boolean multiLabel = outcome.task() == Task.MULTI_LABEL;
    List<ClassFigures> classes = ClassFigures.of(outcome);
    int samples = outcome.samples();
    ErrorList errors = ErrorList.of(outcome.given(), outcome.logits());
    return new Figures(
        samples,
        errors.count(),
        Proportion.of(errors.wrongSamples(), samples),
        Metrics.ofLogits(outcome.task(), outcome.logits(), outcome.classes(), outcome.labels()),
        multiLabel
            ? mean(classes, c -> (double) Math.max(c.positives(), c.negatives()) / samples)
            : (double) classes.stream().mapToInt(ClassFigures::positives).max().orElse(0) / samples,
        mean(
            classes,
            c ->
                multiLabel
                    ? (c.sensitivity().share() + c.specificity().share()) / 2
                    : c.sensitivity().share()),
        mean(classes, ClassFigures::f1),
        classes,
        multiLabel ? List.of() : confusion(outcome),
        calibration == null ? null : Reliability.of(outcome, 1.0),
        calibration == null ? null : Reliability.of(outcome, calibration.temperature()));
  }

  private static double mean(List<ClassFigures> classes, ToDoubleFunction<ClassFigures> figure) {
    return classes.stream()
        .mapToDouble(figure)
        .filter(value -> !Double.isNaN(value))
        .average()
        .orElse(Double.NaN);
  }

  private static List<List<Integer>> confusion(LabelledLogits outcome) {
    int classes = outcome.classes();
    Integer[][] counts = new Integer[classes][classes];
    for (Integer[] row : counts) {
      Arrays.fill(row, 0);
    }
    Labels labels = outcome.given();
    for (int n = 0; n < outcome.samples(); n++) {
      counts[outcome.labels()[n]][labels.predicted(outcome.logits(), n, 0)]++;
    }
    List<List<Integer>> rows = new ArrayList<>();
    for (Integer[] row : counts) {
      rows.add(List.of(row));
    }
    return List.copyOf(rows);
  }

  Map<String, Object> toJson(List<String> names) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", samples);
    json.put("errors", errors);
    json.put("wrongSamples", wrongSamples.toJson());
    json.put("acc", ClassFigures.finite(official.acc()));
    json.put("auc", ClassFigures.finite(official.auc()));
    json.put("classesWithoutAuc", official.withoutAuc());
    json.put("majorityShare", ClassFigures.finite(majorityShare));
    json.put("balancedAccuracy", ClassFigures.finite(balancedAccuracy));
    json.put("macroF1", ClassFigures.finite(macroF1));
    json.put("raw", raw == null ? null : raw.toJson());
    json.put("calibrated", calibrated == null ? null : calibrated.toJson());
    List<Object> each = new ArrayList<>();
    for (int c = 0; c < classes.size(); c++) {
      each.add(classes.get(c).toJson(c, names.get(c)));
    }
    json.put("classes", each);
    json.put("confusion", confusion);
    return json;
  }
}
