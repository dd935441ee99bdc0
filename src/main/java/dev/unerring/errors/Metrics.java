// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.base.OrderedMath;
import dev.unerring.data.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The official MedMNIST figures (Yang et al., Scientific Data 2023): accuracy and area under the
 * ROC curve, from scores.
 *
 * @param acc share of right predictions by the official rule of the task
 * @param auc mean area under the ROC curve over the classes that have both positive and negative
 *     samples; NaN where there is none
 * @param withoutAuc classes that were left out of the mean
 */
public record Metrics(double acc, double auc, List<Integer> withoutAuc) {

  /**
   * Figures of the {@link #scores} of logits.
   *
   * @param logits [samples][classes]
   * @param labels class of each sample; for multi-label [samples][classes] of 0 and 1
   */
  public static Metrics ofLogits(Task task, float[] logits, int classes, int[] labels) {
    double[] scores = scores(task, logits, classes);
    if (task != Task.BINARY) {
      return of(task, scores, classes, labels);
    }
    double[] positive = new double[labels.length];
    for (int n = 0; n < labels.length; n++) {
      positive[n] = scores[n * classes + classes - 1];
    }
    return of(task, positive, 1, labels);
  }

  /**
   * What the official figures are computed from: the softmax of each sample, or for multi-label the
   * sigmoid 1 / (1 + exp(-x)) of each logit. Computed in binary32 with the ordered exp, kept as
   * binary64 numbers; uncalibrated, so no measure of confidence.
   *
   * <p>The official rules compare scores, the count of errors compares logits, and rounding comes
   * in between: a logit in (0, 1.5 * 2^-24] has the sigmoid 0.5, which the official rule takes as
   * negative; above that score &gt; 0.5 and logit &gt; 0 say the same, and no logit up to 0 has a
   * score above 0.5. Likewise logits that differ by about 2^-24 or less can have equal softmax
   * scores, and ties go to the lowest class.
   *
   * @param logits [samples][classes]
   * @return [samples][classes]
   */
  public static double[] scores(Task task, float[] logits, int classes) {
    double[] scores = new double[logits.length];
    if (task == Task.MULTI_LABEL) {
      for (int i = 0; i < logits.length; i++) {
        scores[i] = 1.0f / (1.0f + OrderedMath.exp(-logits[i]));
      }
      return scores;
    }
    for (int from = 0; from < logits.length; from += classes) {
      softmax(logits, from, classes, scores);
    }
    return scores;
  }

  /**
   * Official figures.
   *
   * @param scores [samples][columns]: one column for binary tasks, else one a class or label
   * @param labels class of each sample; for multi-label [samples][columns] of 0 and 1
   */
  public static Metrics of(Task task, double[] scores, int columns, int[] labels) {
    int samples = scores.length / columns;
    List<Integer> without = new ArrayList<>();
    double acc = 0.0;
    double auc = 0.0;
    for (int c = 0; c < columns; c++) {
      double[] column = new double[samples];
      boolean[] positive = new boolean[samples];
      int right = 0;
      for (int n = 0; n < samples; n++) {
        column[n] = scores[n * columns + c];
        positive[n] =
            switch (task) {
              case BINARY -> labels[n] != 0;
              case MULTI_LABEL -> labels[n * columns + c] != 0;
              default -> labels[n] == c;
            };
        right += column[n] > 0.5 == positive[n] ? 1 : 0;
      }
      acc += (double) right / samples;
      double area = area(column, positive);
      if (area != area) {
        without.add(c);
      } else {
        auc += area;
      }
    }
    boolean byArgmax = task == Task.MULTI_CLASS || task == Task.ORDINAL;
    return new Metrics(
        byArgmax ? argmaxAccuracy(scores, columns, labels) : acc / columns,
        without.size() == columns ? Double.NaN : auc / (columns - without.size()),
        without);
  }

  private static double argmaxAccuracy(double[] scores, int columns, int[] labels) {
    int right = 0;
    for (int n = 0; n < labels.length; n++) {
      int top = 0;
      for (int c = 1; c < columns; c++) {
        top = scores[n * columns + c] > scores[n * columns + top] ? c : top;
      }
      right += top == labels[n] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /** Mann-Whitney statistic over pairs, ties counting one half; NaN without both kinds. */
  static double area(double[] scores, boolean[] positive) {
    double[][] kinds = new double[2][];
    for (int kind = 0; kind < 2; kind++) {
      int count = 0;
      double[] some = new double[scores.length];
      for (int n = 0; n < scores.length; n++) {
        if (positive[n] == (kind == 1)) {
          some[count++] = scores[n];
        }
      }
      kinds[kind] = Arrays.copyOf(some, count);
      Arrays.sort(kinds[kind]);
    }
    double[] negatives = kinds[0];
    double[] positives = kinds[1];
    if (negatives.length == 0 || positives.length == 0) {
      return Double.NaN;
    }
    long halves = 0;
    int below = 0;
    int upTo = 0;
    for (double score : positives) {
      while (below < negatives.length && negatives[below] < score) {
        below++;
      }
      while (upTo < negatives.length && negatives[upTo] <= score) {
        upTo++;
      }
      halves += below + upTo;
    }
    return halves / 2.0 / ((double) negatives.length * positives.length);
  }

  /** Softmax in binary32 by the ordered exp; kept as binary64 numbers. */
  private static void softmax(float[] logits, int from, int classes, double[] scores) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      max = Math.max(max, logits[from + j]);
    }
    float sum = 0.0f;
    for (int j = 0; j < classes; j++) {
      float e = OrderedMath.exp(logits[from + j] - max);
      scores[from + j] = e;
      sum = sum + e;
    }
    for (int j = 0; j < classes; j++) {
      scores[from + j] = (float) scores[from + j] / sum;
    }
  }
}
