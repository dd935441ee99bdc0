// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a model says of one image.
 *
 * @param labels the predicted class (the lowest on a tie); of a multi-label model every label with
 *     a logit above 0, which may be none
 * @param names of these labels
 * @param scores calibrated score of each class or label; empty where the model is not calibrated
 * @param logits of each class or label
 * @param margin the largest logit minus the next; of a multi-label model the smallest absolute
 *     logit. 0 is a tie.
 * @param answer whether the model may answer this image, by the guard beside it
 * @param nearest training samples, the nearest first; empty without a guard
 */
public record Prediction(
    List<Integer> labels,
    List<String> names,
    List<Double> scores,
    List<Float> logits,
    float margin,
    Answer answer,
    List<NearestSample> nearest) {
  /** Takes copies of the lists. */
  public Prediction {
    labels = List.copyOf(labels);
    names = List.copyOf(names);
    scores = List.copyOf(scores);
    logits = List.copyOf(logits);
    nearest = List.copyOf(nearest);
  }

  /** {@return the predicted class, by number; -1 where a multi-label model sees no label} */
  public int label() {
    return labels.isEmpty() ? -1 : labels.getFirst();
  }

  /** {@return the name of {@link #label}; empty for none} */
  public String name() {
    return names.isEmpty() ? "" : names.getFirst();
  }

  /** {@return the calibrated score of {@link #label}; empty without a label or calibration} */
  public OptionalDouble score() {
    return labels.isEmpty() || scores.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(scores.get(label()));
  }
}
