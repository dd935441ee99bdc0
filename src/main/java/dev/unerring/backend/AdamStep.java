// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

/**
 * Constants of one Adam step (Kingma and Ba, arXiv 1412.6980, with PyTorch's coupled L2), computed
 * in binary64 and rounded once to binary32. An optimiser owns one and moves it from step to step,
 * so that a step allocates nothing.
 */
public final class AdamStep {
  private float beta1;
  private float oneMinusBeta1;
  private float beta2;
  private float oneMinusBeta2;
  private float rate;
  private float correction;
  private float epsilon;
  private float weightDecay;

  /** Constants that are still to be computed by {@link #moveTo}. */
  public AdamStep() {}

  /** New constants; see {@link #moveTo}. */
  public static AdamStep at(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double beta1Power,
      double beta2Power) {
    AdamStep step = new AdamStep();
    step.moveTo(learningRate, beta1, beta2, epsilon, weightDecay, beta1Power, beta2Power);
    return step;
  }

  /**
   * Computes the constants at a step whose powers of beta are given.
   *
   * @param beta1Power beta1^t, a repeated binary64 product
   * @param beta2Power beta2^t, a repeated binary64 product
   */
  public void moveTo(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double beta1Power,
      double beta2Power) {
    this.beta1 = (float) beta1;
    this.oneMinusBeta1 = (float) (1.0 - beta1);
    this.beta2 = (float) beta2;
    this.oneMinusBeta2 = (float) (1.0 - beta2);
    this.rate = (float) (learningRate / (1.0 - beta1Power));
    this.correction = (float) (1.0 / Math.sqrt(1.0 - beta2Power));
    this.epsilon = (float) epsilon;
    this.weightDecay = (float) weightDecay;
  }

  /** Decay of the first moment. */
  public float beta1() {
    return beta1;
  }

  /** 1 - beta1. */
  public float oneMinusBeta1() {
    return oneMinusBeta1;
  }

  /** Decay of the second moment. */
  public float beta2() {
    return beta2;
  }

  /** 1 - beta2. */
  public float oneMinusBeta2() {
    return oneMinusBeta2;
  }

  /** learningRate / (1 - beta1^t). */
  public float rate() {
    return rate;
  }

  /** 1 / sqrt(1 - beta2^t). */
  public float correction() {
    return correction;
  }

  /** Added to the corrected root of the second moment. */
  public float epsilon() {
    return epsilon;
  }

  /** Coupled L2 factor. */
  public float weightDecay() {
    return weightDecay;
  }
}
