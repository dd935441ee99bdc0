// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;

/**
 * Images that a device holds as bytes, to make the batches itself: per pass over the samples only
 * their order travels. One pass at a time.
 */
public interface HeldImages {
  /**
   * Begins a pass.
   *
   * @param order samples in the order they are taken, each as often as it is wanted
   * @param labels their labels in the same order, equally many a sample; empty for none
   */
  void begin(int[] order, int[] labels);

  /**
   * Puts the next x.n images together, as raw pixel values 0..255 in float32, and goes on. May be
   * part of {@link Backend#repeat}.
   *
   * @param labels takes the labels of the batch, int32; null for none
   * @throws IllegalStateException where the pass has no label
   */
  void next(Tensor x, Buffer labels);
}
