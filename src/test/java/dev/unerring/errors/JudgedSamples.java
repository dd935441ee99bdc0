// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.data.Task;

/**
 * Logits with ties and a class that no label names, and multi-label ones with a label that is never
 * given; what scikit-learn 1.9.1 and SciPy 1.17.1 make of them stands in the tests.
 */
final class JudgedSamples {
  /** 40 samples of 4 classes. */
  static final LabelledLogits CLASSES = new LabelledLogits(Task.MULTI_CLASS, 4, logits(), labels());

  /** 12 samples with 3 labels each. */
  static final LabelledLogits MULTI_LABEL =
      new LabelledLogits(Task.MULTI_LABEL, 3, multiLogits(), multiLabels());

  private JudgedSamples() {}

  private static int[] labels() {
    return new int[] {
      1, 2, 1, 0, 0, 2, 0, 2, 1, 0, 0, 0, 0, 0, 1, 1, 2, 1, 1, 2, 0, 0, 1, 0, 0, 1, 0, 2, 1, 1, 0,
      0, 0, 0, 1, 0, 0, 0, 2, 0
    };
  }

  private static float[] logits() {
    return new float[] {
      -0.3f, 2.3f, 0.2f, -6.7f, 0.2f, 4.1f, -2.6f, -0.4f, 0.4f, 0.1f, 6.0f, -0.7f, -1.6f, 0.2f,
      1.7f, -3.6f, 4.0f, -0.2f, 2.0f, 1.3f, -2.0f, 0.6f, 0.6f, -2.6f, -1.6f, -1.7f, -0.6f, -0.3f,
      3.4f, -4.0f, -0.4f, -1.1f, -6.0f, 0.6f, -0.3f, 0.8f, 4.1f, -1.0f, -1.1f, -3.8f, 6.6f, -1.3f,
      -0.9f, -1.9f, 1.6f, -0.6f, -3.3f, -3.0f, 0.7f, 3.5f, 2.0f, -3.1f, 4.0f, -1.0f, 3.2f, -3.0f,
      1.8f, -1.9f, 1.0f, -8.1f, -6.1f, 1.1f, -2.7f, -2.5f, 6.7f, -2.5f, 0.1f, -2.4f, 1.5f, 1.5f,
      -0.6f, -0.9f, 1.6f, -1.1f, -0.2f, -2.9f, -3.2f, 0.8f, -0.6f, -0.1f, 2.6f, 0.3f, -1.8f, -3.4f,
      -4.0f, -3.4f, 1.1f, -9.4f, 2.5f, -3.2f, 2.3f, -5.5f, 4.3f, 0.4f, -4.6f, 0.7f, 6.3f, -0.2f,
      -0.8f, -3.5f, -2.9f, 5.3f, -1.6f, -3.2f, -0.4f, -1.9f, -3.8f, 0.8f, -0.5f, 2.9f, 2.0f, -5.1f,
      -1.0f, 0.3f, 0.0f, -4.1f, -0.9f, -2.1f, -2.4f, 2.0f, 0.0f, -3.2f, 1.0f, 1.2f, -2.4f, -0.6f,
      -1.9f, -8.3f, 4.2f, -0.1f, 0.2f, -5.3f, 3.4f, -1.6f, -0.4f, -6.3f, -3.6f, 6.0f, -1.5f, -2.1f,
      1.9f, -1.3f, -1.5f, -1.1f, 1.1f, -0.5f, 0.1f, 0.5f, 4.0f, 1.1f, -1.7f, -7.1f, 2.8f, 2.9f,
      1.6f, -1.4f, 4.3f, 2.5f, 2.8f, -4.4f
    };
  }

  private static int[] multiLabels() {
    return new int[] {
      0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0,
      1, 0, 0, 1, 0
    };
  }

  private static float[] multiLogits() {
    return new float[] {
      -0.9f, -0.7f, -4.0f, -1.3f, -0.9f, -2.3f, 0.0f, -1.1f, -0.2f, -1.0f, -2.3f, -1.0f, -0.8f,
      1.4f, -2.6f, -0.3f, 1.7f, 3.1f, -1.8f, 0.8f, -1.2f, -1.0f, -3.9f, 0.1f, 0.5f, 0.8f, -0.8f,
      -1.6f, 3.3f, 1.0f, -5.4f, -0.4f, -4.9f, -7.5f, -0.1f, 3.7f
    };
  }
}
