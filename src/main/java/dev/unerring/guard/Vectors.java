// SPDX-License-Identifier: Apache-2.0
package dev.unerring.guard;

import dev.unerring.network.FeaturePass;
import dev.unerring.network.Network;

/** The vector of an image: its statistics, then its embedding by a network. */
final class Vectors {
  private final ImageStatistics statistics;
  private final FeaturePass pass;

  Vectors(Network network) {
    statistics = new ImageStatistics(network.image());
    pass = new FeaturePass(network);
  }

  int statistics() {
    return statistics.count();
  }

  int width() {
    return statistics.count() + pass.width();
  }

  float[] of(byte[] image) {
    float[] first = statistics.of(image);
    float[] second = pass.of(image);
    float[] vector = new float[width()];
    System.arraycopy(first, 0, vector, 0, first.length);
    System.arraycopy(second, 0, vector, first.length, second.length);
    return vector;
  }
}
