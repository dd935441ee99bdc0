// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

import java.util.List;

/**
 * What the guard says of an image.
 *
 * @param answer known, enumerated, inside or hand over
 * @param score distance to the training data, about 1 where 2 % of the validation images are
 *     farther
 * @param nearest training samples by their embedding, the nearest first
 */
public record Verdict(Kind answer, double score, List<Neighbour> nearest) {
  /** Copies the list. */
  public Verdict {
    nearest = List.copyOf(nearest);
  }

  /** What can be said of an image. */
  public enum Kind {
    /** A training image, or one that is identical up to an allowed flip or turn. */
    KNOWN("known"),
    /** One element away from a training image whose answer all such variants keep. */
    ENUMERATED("enumerated"),
    /** As close to the training data as 98 % of the validation images. */
    INSIDE("inside"),
    /** Farther away: for a human. */
    HAND_OVER("hand-over");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** As in columns and keys. */
    public String word() {
      return word;
    }
  }

  /**
   * A training sample.
   *
   * @param sample its sampleIndex
   * @param labels its given labels: one class, or every label that is set
   * @param distance of the standardised embeddings
   */
  public record Neighbour(int sample, List<Integer> labels, double distance) {
    /** Copies the list. */
    public Neighbour {
      labels = List.copyOf(labels);
    }
  }
}
