// SPDX-License-Identifier: Apache-2.0
package dev.unerring.corrupt;

import dev.unerring.base.Philox;

/** The random numbers of one corrupted image, in the order in which they are asked for. */
final class Draws {
  private static final int TERMS = 12;

  private final long seed;
  private final int epoch;
  private final long first;
  private long next;

  /**
   * Begins the stream of one image.
   *
   * @param epoch number of corruption and severity
   * @param sample its sampleIndex
   */
  Draws(long seed, int epoch, int sample) {
    this.seed = seed;
    this.epoch = epoch;
    this.first = (long) sample << 32;
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return Philox.uniform(seed, Philox.CORRUPTION, epoch, first + next++);
  }

  /** Uniform in 0..n-1. */
  int below(int n) {
    return (int) (uniform() * n);
  }

  /** Close to normal with mean 0 and deviation 1: the sum of 12 uniform numbers, minus 6. */
  double normal() {
    double sum = 0;
    for (int i = 0; i < TERMS; i++) {
      sum += uniform();
    }
    return sum - TERMS / 2.0;
  }

  /** Poisson with this mean: uniform factors until their product is below exp(-mean). */
  int poisson(double mean) {
    double limit = StrictMath.exp(-mean);
    double product = uniform();
    int count = 0;
    while (product > limit) {
      product *= uniform();
      count++;
    }
    return count;
  }
}
