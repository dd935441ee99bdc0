package dev.unerring.dataset;

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

  /** Memory for {@link #gather(int[], float[])} of this many images. */
  default float[] room(int images) {
    return new float[Math.multiplyExact(images, imageElements())];
  }
}
