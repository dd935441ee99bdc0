// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.data.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One class against all others (one label of a multi-label set): counts of decisions, and what
 * follows from them.
 *
 * @param truePositives samples of the class that are predicted as such
 * @param falsePositives samples of other classes that are predicted as this one
 * @param falseNegatives samples of the class that are predicted as another
 * @param trueNegatives all others
 * @param auc area under the ROC curve of the official score; NaN without samples of both kinds
 */
public record ClassFigures(
    int truePositives, int falsePositives, int falseNegatives, int trueNegatives, double auc) {

  /** One element a class, by number. */
  static List<ClassFigures> of(LabelledLogits outcome) {
    int classes = outcome.classes();
    int samples = outcome.samples();
    double[] scores = Metrics.scores(outcome.task(), outcome.logits(), classes);
    boolean multiLabel = outcome.task() == Task.MULTI_LABEL;
    Labels labels = outcome.given();
    List<ClassFigures> all = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      int[] counts = new int[4];
      double[] column = new double[samples];
      boolean[] given = new boolean[samples];
      for (int n = 0; n < samples; n++) {
        given[n] = outcome.given(n, c);
        column[n] = scores[n * classes + c];
        int answer = labels.predicted(outcome.logits(), n, multiLabel ? c : 0);
        boolean predicted = answer == (multiLabel ? 1 : c);
        counts[(given[n] ? 0 : 1) + (predicted ? 0 : 2)]++;
      }
      double auc = Metrics.area(column, given);
      all.add(new ClassFigures(counts[0], counts[1], counts[2], counts[3], auc));
    }
    return List.copyOf(all);
  }

  /** Samples of the class. */
  public int positives() {
    return truePositives + falseNegatives;
  }

  /** Samples of other classes. */
  public int negatives() {
    return falsePositives + trueNegatives;
  }

  /** Share of the samples that are of the class. */
  public double prevalence() {
    return (double) positives() / (positives() + negatives());
  }

  /** How many samples of the class are found (recall). */
  public Proportion sensitivity() {
    return Proportion.of(truePositives, positives());
  }

  /** How many samples of other classes are not taken for it. */
  public Proportion specificity() {
    return Proportion.of(trueNegatives, negatives());
  }

  /** How many predictions of the class are right; 0 of 0 where it is never predicted. */
  public Proportion precision() {
    return Proportion.of(truePositives, truePositives + falsePositives);
  }

  /** 2 TP / (2 TP + FP + FN); NaN where the class is neither given nor predicted. */
  public double f1() {
    return 2.0 * truePositives / (2.0 * truePositives + falsePositives + falseNegatives);
  }

  Map<String, Object> toJson(int number, String name) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("class", number);
    json.put("name", name);
    json.put("samples", positives());
    json.put("prevalence", finite(prevalence()));
    json.put("truePositives", truePositives);
    json.put("falsePositives", falsePositives);
    json.put("falseNegatives", falseNegatives);
    json.put("trueNegatives", trueNegatives);
    json.put("sensitivity", sensitivity().toJson());
    json.put("specificity", specificity().toJson());
    json.put("precision", precision().toJson());
    json.put("f1", finite(f1()));
    json.put("auc", finite(auc));
    return json;
  }

  /** JSON has no NaN. */
  static Object finite(double value) {
    return Double.isNaN(value) ? null : (Object) value;
  }
}
