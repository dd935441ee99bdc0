// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.network.Network;
import java.util.List;

/** The model under attack: answers, and how far an image is from another answer. One thread. */
final class Target {
  private final Network network;
  private final boolean multiLabel;
  private final Answers answers;

  Target(Network network, boolean multiLabel) {
    this.network = network;
    this.multiLabel = multiLabel;
    this.answers = new Answers(network, multiLabel);
  }

  Network network() {
    return network;
  }

  boolean multiLabel() {
    return multiLabel;
  }

  int batch() {
    return network.batch();
  }

  long answer(byte[] image) {
    return answers.of(List.of(image))[0];
  }

  long[] answers(List<byte[]> images) {
    return answers.of(images);
  }

  float[] logits(byte[] image) {
    return answers.logits(List.of(image));
  }

  float[] logitsOf(List<byte[]> images) {
    return answers.logits(images);
  }

  /**
   * The margin of an answer in one row of logits: below zero where another answer is given.
   *
   * @param answer the own one
   */
  float margin(float[] logits, int row, long answer) {
    int classes = network.classes();
    int first = row * classes;
    float margin = Float.POSITIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      float z = logits[first + c];
      if (multiLabel) {
        margin = Math.min(margin, (answer >> c & 1) == 1 ? z : -z);
      } else if (c != answer) {
        margin = Math.min(margin, logits[first + (int) answer] - z);
      }
    }
    return margin;
  }

  /** Weights of the logits whose sum grows where the margin of the answer shrinks. */
  float[] towardsOther(float[] logits, long answer) {
    int classes = network.classes();
    float[] weights = new float[classes];
    int nearest = -1;
    float least = Float.POSITIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      boolean set = (answer >> c & 1) == 1;
      float distance = multiLabel ? (set ? logits[c] : -logits[c]) : -logits[c];
      if ((multiLabel || c != answer) && distance < least) {
        least = distance;
        nearest = c;
      }
    }
    if (multiLabel) {
      weights[nearest] = (answer >> nearest & 1) == 1 ? -1 : 1;
    } else {
      weights[nearest] = 1;
      weights[(int) answer] = -1;
    }
    return weights;
  }
}
