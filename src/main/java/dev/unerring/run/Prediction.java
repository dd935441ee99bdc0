package dev.unerring.run;

import java.util.List;

/**
 * What a model says of one image.
 *
 * @param file where the image came from
 * @param index its number in that file, from 0
 * @param labels the predicted class (the lowest on a tie); for multi-label every label with a logit
 *     above 0
 * @param scores calibrated score of each class or label; empty where no calibration could be made
 * @param logits of each class or label
 * @param margin the largest logit minus the next; for multi-label the smallest absolute logit. 0 is
 *     a tie.
 */
public record Prediction(
    String file,
    int index,
    List<Integer> labels,
    List<Double> scores,
    List<Float> logits,
    float margin) {
  /** The same of an image that came from somewhere else. */
  Prediction at(String otherFile, int otherIndex) {
    return new Prediction(otherFile, otherIndex, labels, scores, logits, margin);
  }
}
