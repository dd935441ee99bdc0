// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.errors.Costs;
import dev.unerring.errors.Labels;
import java.util.List;

/**
 * Weights of the training samples in the loss, from what their errors cost: the mean cost of an
 * error of the class that a sample is driven to, scaled so that the mean over all samples is 1. The
 * class that must not be missed weighs {@value #START} times as much, and twice that after every
 * count that finds one missed, up to {@value #MOST} times. To the last operation in
 * docs/arithmetic.md.
 */
public final class SampleWeights {
  /** Every sample weighs the same. */
  public static final SampleWeights NONE = new SampleWeights(Costs.NONE, Labels.single());

  private static final double START = 2.0;
  private static final double MOST = 1024.0;

  private final Costs costs;
  private final int[] classes;
  private final float[] weights;
  private double factor = START;

  private SampleWeights(Costs costs, Labels goals) {
    this.costs = costs;
    this.classes = goals.values();
    this.weights = new float[costs.matrix().size()];
    if (!none()) {
      weigh();
    }
  }

  /** Weights for samples that are driven to {@code goals}, one label a sample. */
  public static SampleWeights of(Costs costs, Labels goals) {
    return costs.none() ? NONE : new SampleWeights(costs, goals);
  }

  /** Whether every sample weighs the same. */
  public boolean none() {
    return costs.none();
  }

  /** One weight a sample, to the start of memory that is used again. */
  void of(int[] samples, float[] all) {
    for (int i = 0; i < samples.length; i++) {
      all[i] = weights[classes[samples[i]]];
    }
  }

  /**
   * Told what a count found.
   *
   * @param missed samples of the class that must not be missed taken for another
   */
  void after(int missed) {
    if (missed > 0 && factor < MOST) {
      factor = factor * 2;
      weigh();
    }
  }

  /** The factor of the class that must not be missed, for a checkpoint. */
  double factor() {
    return factor;
  }

  /** Goes on with a factor of a checkpoint. */
  void resume(double kept) {
    if (!none()) {
      factor = kept;
      weigh();
    }
  }

  private void weigh() {
    int[] counts = new int[weights.length];
    for (int each : classes) {
      counts[each]++;
    }
    double[] mean = new double[weights.length];
    double total = 0.0;
    for (int given = 0; given < weights.length; given++) {
      List<Double> row = costs.matrix().get(given);
      double sum = 0.0;
      for (double cost : row) {
        sum = sum + cost;
      }
      mean[given] = sum / (weights.length - 1) * (given == costs.neverMiss() ? factor : 1.0);
      total = total + counts[given] * mean[given];
    }
    for (int given = 0; given < weights.length; given++) {
      weights[given] = (float) (mean[given] * (classes.length / total));
    }
  }
}
