// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.DataException;
import dev.unerring.data.Task;
import java.util.BitSet;

/**
 * What a network says of some samples, beside what they are said to be.
 *
 * @param task what the labels ask for
 * @param classes classes, or labels of multi-label sets
 * @param logits [samples][classes]
 * @param labels class of each sample; for multi-label [samples][classes] of 0 and 1
 */
public record LabelledLogits(Task task, int classes, float[] logits, int[] labels) {
  /** Checks that both arrays are of the same samples. */
  public LabelledLogits {
    int samples = logits.length / classes;
    int expected = task == Task.MULTI_LABEL ? logits.length : samples;
    if (samples * classes != logits.length || labels.length != expected) {
      throw new IllegalArgumentException(
          logits.length + " logits of " + classes + " classes with " + labels.length + " labels");
    }
  }

  /** Number of samples. */
  public int samples() {
    return logits.length / classes;
  }

  /** The labels, as what decides on errors takes them. */
  public Labels given() {
    return Labels.of(task, labels, task == Task.MULTI_LABEL ? classes : 1);
  }

  /** Whether a sample is said to be of a class (to have a label). */
  public boolean given(int sample, int c) {
    return task == Task.MULTI_LABEL ? labels[sample * classes + c] != 0 : labels[sample] == c;
  }

  /** The samples that are not in the set, in the same order. */
  public LabelledLogits without(BitSet left) {
    int kept = samples() - left.get(0, samples()).cardinality();
    int width = labels.length == logits.length ? classes : 1;
    float[] someLogits = new float[kept * classes];
    int[] someLabels = new int[kept * width];
    int to = 0;
    for (int n = left.nextClearBit(0); n < samples(); n = left.nextClearBit(n + 1)) {
      System.arraycopy(logits, n * classes, someLogits, to * classes, classes);
      System.arraycopy(labels, n * width, someLabels, to * width, width);
      to++;
    }
    return new LabelledLogits(task, classes, someLogits, someLabels);
  }

  /** Whether every logit is a finite number. */
  public boolean isFinite() {
    for (float logit : logits) {
      if (!Float.isFinite(logit)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The same, if every logit is a finite number.
   *
   * @param model named where it is not
   * @throws DataException where a logit is infinite or NaN
   */
  public LabelledLogits requireFinite(String model) {
    for (int i = 0; i < logits.length; i++) {
      if (!Float.isFinite(logits[i])) {
        throw new DataException(
            model
                + " gives the logit "
                + logits[i]
                + " for sample "
                + i / classes
                + ", class "
                + i % classes
                + "; it cannot be used, train again");
      }
    }
    return this;
  }
}
