// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

/**
 * The answer that logits give, as one number. Of one label: the class whose logit is strictly the
 * largest. Of several labels: bit j is label j. {@link #NONE} where a tie, a zero or a NaN leaves
 * no answer (docs/arithmetic.md, Verdicts).
 */
public final class Answer {
  /** No answer. */
  public static final long NONE = -1;

  /** Most labels of a multi-label model: an answer is an exact number in JSON. */
  public static final int MOST_LABELS = 53;

  private Answer() {}

  /**
   * The answer of one row.
   *
   * @param logits [rows][classes]
   */
  public static long of(float[] logits, int row, int classes, boolean multiLabel) {
    int first = row * classes;
    return multiLabel ? labels(logits, first, classes) : label(logits, first, classes);
  }

  private static long label(float[] logits, int first, int classes) {
    int best = 0;
    boolean tied = false;
    for (int c = 0; c < classes; c++) {
      float z = logits[first + c];
      if (z != z) {
        return NONE;
      }
      if (c > 0 && z >= logits[first + best]) {
        tied = z == logits[first + best];
        best = z > logits[first + best] ? c : best;
      }
    }
    return tied ? NONE : best;
  }

  private static long labels(float[] logits, int first, int classes) {
    long answer = 0;
    for (int c = 0; c < classes; c++) {
      float z = logits[first + c];
      if (z == 0 || z != z) {
        return NONE;
      }
      answer |= z > 0 ? 1L << c : 0;
    }
    return answer;
  }
}
