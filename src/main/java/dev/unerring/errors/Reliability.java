// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.data.Task;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far scores can be taken at their word, in binary64.
 *
 * @param nll negative log-likelihood of the given labels in nats, mean over the samples (over all
 *     labels of all samples for multi-label)
 * @param ece expected calibration error: the scores in {@link #BINS} bins of equal width, and the
 *     mean over all scores of the distance between the mean score of a bin and the share that is
 *     right. Scores are those of the predicted classes; for multi-label those of every label, and
 *     right is a label that is given.
 */
public record Reliability(double nll, double ece) {
  /** Number of bins; bin i holds scores from i / BINS on, the last one 1 as well. */
  public static final int BINS = 15;

  /**
   * Of the scores of logits divided by a temperature; both figures are NaN without samples.
   *
   * @param outcome finite logits
   */
  public static Reliability of(LabelledLogits outcome, double temperature) {
    int classes = outcome.classes();
    double[] scores = scores(outcome.task(), outcome.logits(), classes, temperature);
    double[] confidence = new double[BINS];
    int[] right = new int[BINS];
    int[] size = new int[BINS];
    boolean multiLabel = outcome.task() == Task.MULTI_LABEL;
    Labels labels = outcome.given();
    for (int n = 0; n < outcome.samples(); n++) {
      int top = multiLabel ? 0 : labels.predicted(outcome.logits(), n, 0);
      for (int c = multiLabel ? 0 : top; c < (multiLabel ? classes : top + 1); c++) {
        double score = scores[n * classes + c];
        int bin = Math.min(BINS - 1, (int) (score * BINS));
        confidence[bin] += score;
        right[bin] += outcome.given(n, c) ? 1 : 0;
        size[bin]++;
      }
    }
    double distance = 0.0;
    int all = 0;
    for (int bin = 0; bin < BINS; bin++) {
      distance += Math.abs(confidence[bin] - right[bin]);
      all += size[bin];
    }
    return new Reliability(nll(outcome, 1.0 / temperature), distance / all);
  }

  /**
   * Softmax, or for multi-label sigmoid, of logits divided by a temperature, in binary64 by
   * StrictMath: the same bits everywhere.
   *
   * @param logits [samples][classes]
   * @return [samples][classes]
   */
  public static double[] scores(Task task, float[] logits, int classes, double temperature) {
    double[] scores = new double[logits.length];
    double beta = 1.0 / temperature;
    for (int from = 0; from < logits.length; from += classes) {
      if (task == Task.MULTI_LABEL) {
        for (int i = from; i < from + classes; i++) {
          scores[i] = 1.0 / (1.0 + StrictMath.exp(-beta * logits[i]));
        }
      } else {
        softmax(logits, from, classes, beta, scores);
      }
    }
    return scores;
  }

  private static void softmax(float[] logits, int from, int classes, double beta, double[] scores) {
    double top = max(logits, from, classes);
    double sum = 0.0;
    for (int i = from; i < from + classes; i++) {
      scores[i] = StrictMath.exp(beta * (logits[i] - top));
      sum += scores[i];
    }
    for (int i = from; i < from + classes; i++) {
      scores[i] /= sum;
    }
  }

  /** Mean negative log-likelihood of logits times beta. */
  static double nll(LabelledLogits outcome, double beta) {
    int classes = outcome.classes();
    float[] logits = outcome.logits();
    double total = 0.0;
    for (int n = 0; n < outcome.samples(); n++) {
      int from = n * classes;
      if (outcome.task() == Task.MULTI_LABEL) {
        for (int c = 0; c < classes; c++) {
          double x = beta * (outcome.given(n, c) ? -logits[from + c] : logits[from + c]);
          total += Math.max(x, 0.0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
        }
      } else {
        double top = max(logits, from, classes);
        double sum = 0.0;
        for (int c = 0; c < classes; c++) {
          sum += StrictMath.exp(beta * (logits[from + c] - top));
        }
        total += StrictMath.log(sum) - beta * (logits[from + outcome.labels()[n]] - top);
      }
    }
    return total / outcome.labels().length;
  }

  /** Derivative of {@link #nll} by beta; it grows with beta, because nll is convex in it. */
  static double slope(LabelledLogits outcome, double beta) {
    int classes = outcome.classes();
    float[] logits = outcome.logits();
    double[] scores = scores(outcome.task(), logits, classes, 1.0 / beta);
    double total = 0.0;
    for (int n = 0; n < outcome.samples(); n++) {
      for (int c = 0; c < classes; c++) {
        double given = outcome.given(n, c) ? 1.0 : 0.0;
        total += (scores[n * classes + c] - given) * logits[n * classes + c];
      }
    }
    return total / outcome.labels().length;
  }

  private static double max(float[] logits, int from, int classes) {
    float max = logits[from];
    for (int i = from + 1; i < from + classes; i++) {
      max = Math.max(max, logits[i]);
    }
    return max;
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("nll", Double.isNaN(nll) ? null : nll);
    json.put("ece", Double.isNaN(ece) ? null : ece);
    return json;
  }
}
