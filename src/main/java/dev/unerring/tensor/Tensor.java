// SPDX-License-Identifier: Apache-2.0
package dev.unerring.tensor;

/**
 * An activation: a shape and the words that hold it.
 *
 * @param shape NDHWC
 * @param data at least shape.elements() words; only the first shape.elements() belong to the tensor
 */
public record Tensor(Shape shape, Buffer data) {
  /** Checks that the buffer is large enough. */
  public Tensor {
    if (data.length() < shape.elements()) {
      throw new IllegalArgumentException(
          "a tensor of shape "
              + shape
              + " needs "
              + shape.elements()
              + " words, not "
              + data.length());
    }
  }

  /** The first {@code images} images of the same memory. */
  public Tensor firstImages(int images) {
    return images == shape.n() ? this : new Tensor(shape.withN(images), data);
  }
}
