// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.data.Split;
import dev.unerring.data.Task;

/**
 * What samples are said to be, and when an answer to them is right. With one label a sample, the
 * answer is the class of the largest logit. In a multi-label set every label of a sample is a
 * decision of its own: 1 where its logit is above zero.
 *
 * @param values row by row, {@code columns} a sample
 * @param columns 1, or the number of labels of a multi-label set
 * @param multiLabel whether each label is a decision of 0 or 1
 */
public record Labels(int[] values, int columns, boolean multiLabel) {
  /** Checks that the values are whole rows. */
  public Labels {
    if (columns < 1 || values.length % columns != 0 || (columns > 1 && !multiLabel)) {
      throw new IllegalArgumentException(values.length + " labels in rows of " + columns);
    }
  }

  /** The given labels of a split. */
  public static Labels given(Task task, Split split) {
    return of(task, Evaluator.labels(split), split.labelCount());
  }

  /** Labels row by row, for instance what an audit says training aims at. */
  public static Labels of(Task task, int[] values, int columns) {
    return new Labels(values, columns, task == Task.MULTI_LABEL);
  }

  /** One label a sample. */
  public static Labels single(int... values) {
    return new Labels(values, 1, false);
  }

  /** Number of samples. */
  public int samples() {
    return values.length / columns;
  }

  /** The labels of some samples, in the order given. */
  public Labels rows(int[] samples) {
    int[] rows = new int[samples.length * columns];
    rows(samples, rows);
    return new Labels(rows, columns, multiLabel);
  }

  /** Copies the labels of some samples to the start of memory that is used again. */
  public void rows(int[] samples, int[] rows) {
    for (int i = 0; i < samples.length; i++) {
      System.arraycopy(values, samples[i] * columns, rows, i * columns, columns);
    }
  }

  /** Whether two samples carry the same labels. */
  public boolean same(int a, int b) {
    for (int column = 0; column < columns; column++) {
      if (values[a * columns + column] != values[b * columns + column]) {
        return false;
      }
    }
    return true;
  }

  /**
   * How clearly the logits answer what the label says: above 0 right, 0 a tie, below 0 wrong, NaN
   * where a logit is NaN. One label: its logit minus the largest other one. Multi-label: the
   * label's logit, or minus it where the label is 0.
   *
   * @param logits [samples][classes]
   */
  public float margin(float[] logits, int sample, int column) {
    int width = logits.length / samples();
    int label = values[sample * columns + column];
    if (multiLabel) {
      float logit = logits[sample * width + column];
      return label == 1 ? logit : -logit;
    }
    float other = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < width; j++) {
      if (j != label) {
        other = Math.max(other, logits[sample * width + j]);
      }
    }
    return logits[sample * width + label] - other;
  }

  /** The smallest margin over the labels of a sample; NaN where one is NaN. */
  public float margin(float[] logits, int sample) {
    float least = Float.POSITIVE_INFINITY;
    for (int column = 0; column < columns; column++) {
      least = Math.min(least, margin(logits, sample, column));
    }
    return least;
  }

  /**
   * What the logits answer. One label: the class of the largest logit, the lowest on a tie; NaN is
   * never the largest. Multi-label: 1 where the logit is above zero.
   */
  public int predicted(float[] logits, int sample, int column) {
    int width = logits.length / samples();
    if (multiLabel) {
      return logits[sample * width + column] > 0.0f ? 1 : 0;
    }
    int top = 0;
    for (int j = 1; j < width; j++) {
      float best = logits[sample * width + top];
      float v = logits[sample * width + j];
      if (v > best || (best != best && v == v)) {
        top = j;
      }
    }
    return top;
  }
}
