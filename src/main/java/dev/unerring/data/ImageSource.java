// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.UsageException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Images by sampleIndex as raw pixel values 0..255 in float32, NHWC. */
public interface ImageSource {
  /** Elements of one image. */
  int imageElements();

  /** Copies one image to {@code destination[offset ...]}. */
  void copyImage(int sampleIndex, float[] destination, int offset);

  /** All images as bytes in one piece of memory, in the order of their indices; empty if not so. */
  default Optional<MemorySegment> bytes() {
    return Optional.empty();
  }

  /** Some images, one after another. */
  default float[] gather(int[] samples) {
    float[] pixels = room(samples.length);
    gather(samples, pixels);
    return pixels;
  }

  /** Copies some images, one after another, to the start of memory that is used again. */
  default void gather(int[] samples, float[] pixels) {
    for (int i = 0; i < samples.length; i++) {
      copyImage(samples[i], pixels, i * imageElements());
    }
  }

  /**
   * Memory for {@link #gather(int[], float[])} of this many images.
   *
   * @throws UsageException where an array cannot hold them
   */
  default float[] room(int images) {
    long values = (long) images * imageElements();
    if (values > Integer.MAX_VALUE - 8) {
      throw new UsageException(
          "a batch of "
              + images
              + " images has "
              + values
              + " values; choose a smaller --batch-size");
    }
    return new float[(int) values];
  }
}
