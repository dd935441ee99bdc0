// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The errors of one split, sorted by sampleIndex, then by label column; a count, never a rounded
 * share.
 *
 * @param samples number of samples that were judged
 * @param columns decisions a sample: 1, or the number of labels of a multi-label set
 * @param errors the decisions that are wrong
 */
public record ErrorList(int samples, int columns, List<Misclassification> errors) {
  /** Number of errors; of a multi-label set, each wrong label of a sample is one. */
  public int count() {
    return errors.size();
  }

  /** Number of decisions that were judged. */
  public long decisions() {
    return (long) samples * columns;
  }

  /** Number of samples with at least one error. */
  public int wrongSamples() {
    return sampleIndexes().size();
  }

  /** The samples with at least one error, ascending. */
  public List<Integer> sampleIndexes() {
    return errors.stream().map(Misclassification::sampleIndex).distinct().toList();
  }

  /** What was answered, row by row, where these are the errors against {@code labels}. */
  public int[] answers(Labels labels) {
    int[] answers = labels.values().clone();
    errors.forEach(e -> answers[e.sampleIndex() * columns + e.column()] = e.predictedLabel());
    return answers;
  }

  /**
   * Judges every sample against its labels. A tie is an error, and so is a NaN in a logit that
   * decides.
   *
   * @param logits [samples][classes]
   */
  public static ErrorList of(Labels labels, float[] logits) {
    int width = logits.length / Math.max(1, labels.samples());
    List<Misclassification> errors = new ArrayList<>();
    for (int n = 0; n < labels.samples(); n++) {
      float[] own = null; // shared by the errors of a sample
      for (int column = 0; column < labels.columns(); column++) {
        float margin = labels.margin(logits, n, column);
        boolean open = open(labels, logits, n, column);
        int given = labels.values()[n * labels.columns() + column];
        int predicted = labels.predicted(logits, n, column);
        if (open || predicted != given) {
          own = own == null ? Arrays.copyOfRange(logits, n * width, (n + 1) * width) : own;
          errors.add(new Misclassification(n, column, given, predicted, own, margin, open));
        }
      }
    }
    return new ErrorList(labels.samples(), labels.columns(), errors);
  }

  /** Whether the largest logit is shared, or the logit of a label zero, or one of them NaN. */
  private static boolean open(Labels labels, float[] logits, int n, int column) {
    int width = logits.length / labels.samples();
    if (labels.multiLabel()) {
      float logit = logits[n * width + column];
      return logit != logit || logit == 0.0f;
    }
    int top = labels.predicted(logits, n, column);
    float best = logits[n * width + top];
    for (int j = 0; j < width; j++) {
      float v = logits[n * width + j];
      if (v != v || (j != top && v == best)) {
        return true;
      }
    }
    return false;
  }
}
