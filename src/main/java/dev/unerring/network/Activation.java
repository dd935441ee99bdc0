// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.tensor.Tensor;

/** Memory for a largest batch, and the tensors of the smaller ones that were asked for. */
final class Activation {
  private final Tensor whole;
  private final Tensor[] parts;

  Activation(Tensor whole) {
    this.whole = whole;
    this.parts = new Tensor[whole.shape().n()];
  }

  Tensor whole() {
    return whole;
  }

  /** The first {@code images} images; the same object for the same number. */
  Tensor of(int images) {
    if (images < 1 || images >= parts.length) {
      return whole.firstImages(images); // or its refusal
    }
    if (parts[images] == null) {
      parts[images] = whole.firstImages(images);
    }
    return parts[images];
  }
}
