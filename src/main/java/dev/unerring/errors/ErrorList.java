package dev.unerring.errors;

import java.util.ArrayList;
import java.util.List;

/**
 * The errors of one split, sorted by sampleIndex; a count, never a rounded share.
 *
 * @param samples number of samples that were judged
 * @param errors the samples that are wrong
 */
public record ErrorList(int samples, List<Misclassification> errors) {
  /** Number of errors. */
  public int count() {
    return errors.size();
  }

  /**
   * Judges every sample: an error is a sample whose given label does not have the strictly largest
   * logit. A tie at the top and a NaN anywhere are errors.
   *
   * @param logits [samples][classes]
   * @param labels given label a sample
   */
  public static ErrorList of(float[] logits, int classes, int[] labels) {
    List<Misclassification> errors = new ArrayList<>();
    for (int n = 0; n < labels.length; n++) {
      int top = top(logits, classes, n);
      boolean tie = tie(logits, classes, n, top);
      if (tie || top != labels[n]) {
        float[] own = new float[classes];
        System.arraycopy(logits, n * classes, own, 0, classes);
        float margin = margin(logits, classes, n, labels[n]);
        errors.add(new Misclassification(n, labels[n], top, own, margin, tie));
      }
    }
    return new ErrorList(labels.length, errors);
  }

  /**
   * Class of the largest logit of a sample, the lowest index on a tie; NaN is never the largest.
   */
  public static int top(float[] logits, int classes, int sample) {
    int top = 0;
    for (int j = 1; j < classes; j++) {
      float best = logits[sample * classes + top];
      float v = logits[sample * classes + j];
      if (v > best || (best != best && v == v)) {
        top = j;
      }
    }
    return top;
  }

  /** Logit of the label minus the largest other logit; NaN where a logit is NaN. */
  public static float margin(float[] logits, int classes, int sample, int label) {
    float other = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      if (j != label) {
        other = Math.max(other, logits[sample * classes + j]);
      }
    }
    return logits[sample * classes + label] - other;
  }

  private static boolean tie(float[] logits, int classes, int sample, int top) {
    float best = logits[sample * classes + top];
    for (int j = 0; j < classes; j++) {
      float v = logits[sample * classes + j];
      if (v != v || (j != top && v == best)) {
        return true;
      }
    }
    return false;
  }
}
