// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.data.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Reliability;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns logits into labels, scores and margins.
 *
 * @param classes number of logits of an image
 * @param calibration of the scores; null for no scores
 * @param model file of the model, for messages
 */
record LogitMeaning(Task task, int classes, Calibration calibration, String model) {
  /**
   * The predictions of some images; without a file, numbered from 0.
   *
   * @param logits [images][classes]
   * @param images where the images come from, for messages
   * @throws dev.unerring.DataException where a logit is no finite number
   */
  List<Prediction> of(float[] logits, String images) {
    LabelledLogits answered = answered(logits).requireFinite(model + " (" + images + ")");
    double[] scores =
        calibration == null
            ? new double[0]
            : Reliability.scores(task, logits, classes, calibration.temperature());
    List<Prediction> predictions = new ArrayList<>();
    for (int n = 0; n < answered.samples(); n++) {
      predictions.add(prediction(answered, scores, n));
    }
    return predictions;
  }

  /** The logits with the answers that they give as labels. */
  private LabelledLogits answered(float[] logits) {
    int columns = task == Task.MULTI_LABEL ? classes : 1;
    int[] answers = new int[logits.length / classes * columns];
    Labels blank = Labels.of(task, answers, columns);
    for (int i = 0; i < answers.length; i++) {
      answers[i] = blank.predicted(logits, i / columns, i % columns);
    }
    return new LabelledLogits(task, classes, logits, answers);
  }

  private Prediction prediction(LabelledLogits answered, double[] scores, int n) {
    List<Integer> labels = new ArrayList<>();
    List<Double> ownScores = new ArrayList<>();
    List<Float> ownLogits = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      ownLogits.add(answered.logits()[n * classes + c]);
      if (answered.given(n, c)) {
        labels.add(c);
      }
      if (scores.length > 0) {
        ownScores.add(scores[n * classes + c]);
      }
    }
    float margin = answered.given().margin(answered.logits(), n);
    return new Prediction("", n, labels, ownScores, ownLogits, margin);
  }
}
