// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import java.util.List;

/**
 * Declaration of one stored tensor.
 *
 * @param name PyTorch's name, for instance 3.weight
 * @param fileShape PyTorch's shape
 * @param layout from the file's order to the engine's
 * @param role what it is
 * @param fanIn inputs of one output, for weights and biases of products, which are drawn at random;
 *     0 elsewhere
 */
public record ParameterSpec(
    String name, List<Integer> fileShape, Layout layout, Role role, int fanIn) {
  /** What a stored tensor is. */
  public enum Role {
    /** Factor of the raw input, 1 / 127.5; never trained. */
    INPUT_SCALE(false, (float) (1.0 / 127.5)),
    /** Summand of the raw input; never trained. */
    INPUT_SHIFT(false, -1.0f),
    /** Weight of a convolution or linear layer. */
    WEIGHT(true, 0.0f),
    /** Bias of a layer, and batch norm's beta. */
    BIAS(true, 0.0f),
    /** Batch norm's gamma. */
    SCALE(true, 1.0f),
    /** Running mean; never trained. */
    RUNNING_MEAN(false, 0.0f),
    /** Running variance; never trained. */
    RUNNING_VARIANCE(false, 1.0f);

    private final boolean trained;
    private final float initial;

    Role(boolean trained, float initial) {
      this.trained = trained;
      this.initial = initial;
    }

    /** Value of every element before training, where it is not drawn. */
    public float initial() {
      return initial;
    }

    /** Whether an optimiser changes it. */
    public boolean trained() {
      return trained;
    }
  }

  /** Number of elements. */
  public int size() {
    int size = 1;
    for (int extent : fileShape) {
      size = Math.multiplyExact(size, extent);
    }
    return size;
  }
}
