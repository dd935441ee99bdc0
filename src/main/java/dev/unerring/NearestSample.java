// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import java.util.List;

/**
 * A training sample near an image, as the model sees both.
 *
 * @param sampleIndex its number in the training set, from 0
 * @param labels its class, or every label that is set
 * @param names of these labels
 * @param distance of the embeddings; 0 is equal
 */
public record NearestSample(
    int sampleIndex, List<Integer> labels, List<String> names, double distance) {
  /** Takes copies of the lists. */
  public NearestSample {
    labels = List.copyOf(labels);
    names = List.copyOf(names);
  }
}
