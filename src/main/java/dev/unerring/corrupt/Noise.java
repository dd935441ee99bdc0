// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

/** Noise of a sensor or a channel. */
final class Noise {
  private Noise() {}

  static Frame gaussian(Frame image, double deviation, Draws draws) {
    return image.map((h, w, c) -> image.at(h, w, c) + deviation * draws.normal());
  }

  static Frame speckle(Frame image, double deviation, Draws draws) {
    return image.map((h, w, c) -> image.at(h, w, c) * (1 + deviation * draws.normal()));
  }

  /** Poisson: so many quanta make 255. */
  static Frame shot(Frame image, double quanta, Draws draws) {
    return image.map((h, w, c) -> draws.poisson(image.at(h, w, c) / 255 * quanta) * 255 / quanta);
  }

  /** A share of the pixels becomes 0 or 255 in all channels. */
  static Frame impulse(Frame image, double share, Draws draws) {
    double[] fate = new double[image.shape().positions()];
    for (int i = 0; i < fate.length; i++) {
      fate[i] = draws.uniform();
    }
    return image.map((h, w, c) -> {
      double draw = fate[h * image.shape().w() + w];
      return draw >= share ? image.at(h, w, c) : draw < share / 2 ? 0 : 255;
    });
  }
}
