// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Philox;
import dev.unerring.data.Task;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Edge cases of the official figures: a class that is absent, a score of exactly one half, ties,
 * and the AUC against a count of all pairs.
 */
class MetricsTest {
  @Test
  void anAbsentClassIsLeftOutOfTheMeanAndNamed() {
    double[] scores = {.8, .1, .1, .2, .7, .1, .6, .3, .1, .3, .6, .1};
    Metrics metrics = Metrics.of(Task.MULTI_CLASS, scores, 3, new int[] {0, 1, 0, 1});
    assertEquals(List.of(2), metrics.withoutAuc());
    assertEquals(1.0, metrics.auc());
    assertEquals(1.0, metrics.acc());
  }

  @Test
  void oneClassOnlyHasNoAuc() {
    Metrics metrics = Metrics.of(Task.BINARY, new double[] {.2, .9}, 1, new int[] {1, 1});
    assertTrue(Double.isNaN(metrics.auc()));
    assertEquals(List.of(0), metrics.withoutAuc());
    assertEquals(0.5, metrics.acc());
  }

  @Test
  void exactlyOneHalfIsNegative() {
    assertEquals(1.0, Metrics.of(Task.BINARY, new double[] {.5}, 1, new int[] {0}).acc());
    assertEquals(0.0, Metrics.of(Task.BINARY, new double[] {.5}, 1, new int[] {1}).acc());
    double above = Math.nextUp(0.5);
    assertEquals(1.0, Metrics.of(Task.BINARY, new double[] {above}, 1, new int[] {1}).acc());
  }

  @Test
  void tiedLogitsOfTwoClassesAreOneHalf() {
    float[] logits = {3, 3, -0.0f, 0.0f};
    assertEquals(1.0, Metrics.ofLogits(Task.BINARY, logits, 2, new int[] {0, 0}).acc());
    assertEquals(0.0, Metrics.ofLogits(Task.BINARY, logits, 2, new int[] {1, 1}).acc());
  }

  @Test
  void aTieOfManyClassesGoesToTheLowest() {
    double[] scores = {.4, .4, .2};
    assertEquals(1.0, Metrics.of(Task.MULTI_CLASS, scores, 3, new int[] {0}).acc());
    assertEquals(0.0, Metrics.of(Task.ORDINAL, scores, 3, new int[] {1}).acc());
  }

  @Test
  void multiLabelAveragesOverTheLabels() {
    double[] scores = {.9, .2, .4, .8};
    Metrics metrics = Metrics.of(Task.MULTI_LABEL, scores, 2, new int[] {1, 0, 0, 0});
    assertEquals(0.75, metrics.acc());
    assertEquals(1.0, metrics.auc());
    assertEquals(List.of(1), metrics.withoutAuc());
  }

  @Test
  void multiLabelLogitsAreJudgedByTheirSigmoids() {
    float[] logits = {3, -1, -2, 4};
    Metrics metrics = Metrics.ofLogits(Task.MULTI_LABEL, logits, 2, new int[] {1, 0, 0, 0});
    assertEquals(0.75, metrics.acc());
    assertEquals(1.0, metrics.auc());
    assertEquals(List.of(1), metrics.withoutAuc());
  }

  @Test
  void theSigmoidIsOneHalfUpToAStatedLogitAndNeverAboveForLogitsUpToZero() {
    float last = 0x1.8p-24f; // 1.5 * 2^-24
    float[] half = {0.0f, -0.0f, Float.MIN_VALUE, 0x1p-25f, last, -last, -0x1p-30f};
    for (float logit : half) {
      double[] score = Metrics.scores(Task.MULTI_LABEL, new float[] {logit}, 1);
      assertEquals(0.5, score[0], Float.toHexString(logit));
    }
    for (float logit = Math.nextUp(last); logit < 1e-5f; logit = Math.nextUp(logit * 1.0001f)) {
      double score = Metrics.scores(Task.MULTI_LABEL, new float[] {logit}, 1)[0];
      double other = Metrics.scores(Task.MULTI_LABEL, new float[] {-logit}, 1)[0];
      assertTrue(score > 0.5 && other <= 0.5, Float.toHexString(logit));
    }
  }

  /** roc_auc_score and accuracy_score of scikit-learn 1.9.1, the mean over the classes given. */
  @Test
  void figuresWithAnAbsentClassAreThoseOfScikitLearn() {
    double[] scores = {.2, .5, .3, .5, .25, .25, .3, .3, .4, .1, .6, .3, .2, .2, .6, .5, .5, 0};
    int[] labels = {0, 0, 2, 2, 2, 0};
    Metrics metrics = Metrics.of(Task.MULTI_CLASS, scores, 3, labels);
    assertEquals(List.of(1), metrics.withoutAuc());
    assertEquals(0.8888888888888888, metrics.auc(), 1e-12);
    assertEquals(0.6666666666666666, metrics.acc(), 1e-12);
  }

  @Test
  void noSamplesHaveNoFigures() {
    Metrics metrics = Metrics.ofLogits(Task.BINARY, new float[0], 2, new int[0]);
    assertTrue(Double.isNaN(metrics.acc()));
    assertTrue(Double.isNaN(metrics.auc()));
  }

  @Test
  void tiedScoresCountOneHalf() {
    assertEquals(0.5, Metrics.area(new double[] {.3, .3}, new boolean[] {true, false}));
    assertEquals(0.75, Metrics.area(new double[] {.3, .3, .1}, new boolean[] {true, false, false}));
  }

  @Test
  void areaIsTheShareOfAllPairs() {
    long seed = 11;
    for (int round = 0; round < 50; round++) {
      int count = 2 + round;
      double[] scores = new double[count];
      boolean[] positive = new boolean[count];
      for (int i = 0; i < count; i++) {
        int bits = Philox.bits(seed, 1_200, round, i);
        scores[i] = (bits & 7) / 8.0; // few values, so that ties abound
        positive[i] = i == 0 || i != 1 && bits < 0;
      }
      double won = 0;
      int pairs = 0;
      for (int p = 0; p < count; p++) {
        for (int n = 0; n < count; n++) {
          if (positive[p] && !positive[n]) {
            won += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
            pairs++;
          }
        }
      }
      String where = "round " + round + ", seed " + seed;
      assertEquals(won / pairs, Metrics.area(scores, positive), 1e-15, where);
    }
  }
}
