// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.data.Task;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Name and lines of the standard result file, as the official evaluator writes and reads them. */
class ScoreFileTest {
  @Test
  void theNameHasTheFiguresAsPythonRoundsThem() {
    // f"[AUC]{0.0625:.3f}_[ACC]{0.8125:.3f}" is [AUC]0.062_[ACC]0.812, f"{float('nan'):.3f}" nan
    assertEquals(
        "breastmnist_64_test_[AUC]0.062_[ACC]0.812@seed0.csv",
        ScoreFile.name("breastmnist_64", "test", new Metrics(0.8125, 0.0625, List.of()), "seed0"));
    assertEquals(
        "octmnist_val_[AUC]nan_[ACC]1.000@a-b-c-d.csv",
        ScoreFile.name("octmnist", "val", new Metrics(1.0, Double.NaN, List.of()), "a_b.c@d"));
  }

  @Test
  void everySampleIsALineOfItsNumberAndAllScores() {
    float[] logits = {0, 0, 0, 1, -30, 30};
    String csv = ScoreFile.text(new LabelledLogits(Task.BINARY, 2, logits, new int[3]));
    assertEquals("0,0.5,0.5\n1,0.26894143,0.7310586\n2,8.756511E-27,1.0\n", csv);
  }

  @Test
  void multiLabelScoresAreSigmoids() {
    float[] logits = {0, 2, -2};
    String csv = ScoreFile.text(new LabelledLogits(Task.MULTI_LABEL, 3, logits, new int[3]));
    assertEquals("0,0.5,0.880797,0.11920292\n", csv);
  }

  @Test
  void theFiguresOfTheTextAreThoseOfTheLogits() {
    LabelledLogits all = JudgedSamples.CLASSES;
    String[] fields = ScoreFile.text(all).replace("\n", ",").split(",");
    double[] scores = new double[all.logits().length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Double.parseDouble(fields[i / 4 * 5 + 1 + i % 4]);
    }
    Metrics read = Metrics.of(all.task(), scores, 4, all.labels());
    assertEquals(Metrics.ofLogits(all.task(), all.logits(), 4, all.labels()), read);
    assertTrue(read.auc() > 0);
  }
}
