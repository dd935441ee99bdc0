// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

/** Brightness, contrast, gamma, saturation. */
final class Tone {
  private Tone() {}

  static Frame shifted(Frame image, double step) {
    return image.map((h, w, c) -> image.at(h, w, c) + step);
  }

  /** Away from or towards the mean of the image. */
  static Frame contrast(Frame image, double factor) {
    double mean = image.mean();
    return image.map((h, w, c) -> mean + factor * (image.at(h, w, c) - mean));
  }

  static Frame gamma(Frame image, double power) {
    return image.map((h, w, c) -> 255 * StrictMath.pow(image.at(h, w, c) / 255, power));
  }

  /** Away from the mean of the channels. */
  static Frame saturated(Frame image, double factor) {
    int channels = image.shape().c();
    return image.map((h, w, c) -> {
      double grey = 0;
      for (int k = 0; k < channels; k++) {
        grey += image.at(h, w, k) / channels;
      }
      return grey + factor * (image.at(h, w, c) - grey);
    });
  }
}
