// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.data.LabelledSample;
import java.util.List;

/**
 * All samples with one and the same image, byte for byte: at least two.
 *
 * @param samples in the order train, val, test, each by index
 */
public record ImageGroup(List<LabelledSample> samples) {
  /** Takes a copy of the samples. */
  public ImageGroup {
    samples = List.copyOf(samples);
  }

  /** The members in train; may be empty. */
  public List<LabelledSample> trainSamples() {
    return samples.stream().filter(LabelledSample::inTrain).toList();
  }

  /** Whether all members are in one split. */
  public boolean withinOneSplit() {
    return samples.stream().map(LabelledSample::split).distinct().count() == 1;
  }

  /** Whether the members do not all carry the same labels. */
  public boolean contradictory() {
    return samples.stream().map(LabelledSample::labels).distinct().count() > 1;
  }
}
