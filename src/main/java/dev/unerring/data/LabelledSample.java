// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A sample and what it is said to be.
 *
 * @param split {@code train}, {@code val} or {@code test}
 * @param sampleIndex its number in the split, from 0
 * @param labels one, or all columns of a multi-label set
 */
public record LabelledSample(String split, int sampleIndex, List<Integer> labels) {
  /** Takes a copy of the labels. */
  public LabelledSample {
    labels = List.copyOf(labels);
  }

  /** Whether the sample is one of the training samples. */
  public boolean inTrain() {
    return split.equals("train");
  }

  /** E.g. {@code train[115]}. */
  public String place() {
    return split + "[" + sampleIndex + "]";
  }

  /** E.g. {@code train[115] (label 0)}. */
  @Override
  public String toString() {
    return place()
        + (labels.size() == 1 ? " (label " + labels.getFirst() : " (labels " + labels)
        + ")";
  }

  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("split", split);
    json.put("sampleIndex", sampleIndex);
    if (labels.size() == 1) {
      json.put("label", labels.getFirst());
    } else {
      json.put("labels", labels);
    }
    return json;
  }
}
