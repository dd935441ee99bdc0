package dev.unerring.dataset;

/** Images by sampleIndex as raw pixel values 0..255 in float32, NHWC. */
public interface ImageSource {
  /** Elements of one image. */
  int imageElements();

  /** Copies one image to {@code destination[offset ...]}. */
  void copyImage(int sampleIndex, float[] destination, int offset);

  /** Some images, one after another. */
  default float[] gather(int[] samples) {
    float[] pixels = new float[Math.multiplyExact(samples.length, imageElements())];
    for (int i = 0; i < samples.length; i++) {
      copyImage(samples[i], pixels, i * imageElements());
    }
    return pixels;
  }
}
