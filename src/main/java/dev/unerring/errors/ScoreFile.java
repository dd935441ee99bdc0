// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * The standard result file of MedMNIST: scores of a whole split that its official evaluator reads
 * back, named by the figures that it finds in them.
 */
public final class ScoreFile {
  private ScoreFile() {}

  /**
   * {@code breastmnist_test_[AUC]0.896_[ACC]0.858@run.csv}, figures rounded as Python does. In the
   * run's name every other character than letters, digits and '-' becomes '-', because the official
   * evaluator cuts names at '_', '@' and '.'.
   *
   * @param data flag of the set, with {@code _size} where it is not 28
   * @param split train, val or test
   * @param run any name of the run
   */
  public static String name(String data, String split, Metrics metrics, String run) {
    return data
        + "_"
        + split
        + "_[AUC]"
        + figure(metrics.auc())
        + "_[ACC]"
        + figure(metrics.acc())
        + "@"
        + run.replaceAll("[^A-Za-z0-9-]", "-")
        + ".csv";
  }

  /** Three digits of the exact binary value, ties to even. */
  private static String figure(double value) {
    return Double.isNaN(value)
        ? "nan"
        : new BigDecimal(value).setScale(3, RoundingMode.HALF_EVEN).toPlainString();
  }

  /**
   * A line a sample: sampleIndex, then the score of every class or label (binary sets too have two
   * columns, of which the official evaluator takes the last). No header. Scores are those of {@link
   * Metrics#scores}, uncalibrated, with the digits that make a binary32 number.
   */
  public static String text(LabelledLogits outcome) {
    int classes = outcome.classes();
    double[] scores = Metrics.scores(outcome.task(), outcome.logits(), classes);
    StringBuilder csv = new StringBuilder();
    for (int n = 0; n < outcome.samples(); n++) {
      csv.append(n);
      for (int c = 0; c < classes; c++) {
        csv.append(',').append((float) scores[n * classes + c]);
      }
      csv.append('\n');
    }
    return csv.toString();
  }
}
