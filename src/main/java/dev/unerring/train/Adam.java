// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Turn;
import dev.unerring.network.Network;
import dev.unerring.tensor.Buffer;

/** Adam's state for one network: two moments and the powers of beta as binary64 products. */
public final class Adam {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final Network network;
  private final Buffer first;
  private final Buffer second;
  private final AdamStep constants = new AdamStep();
  private double beta1Power = 1.0;
  private double beta2Power = 1.0;

  /** A fresh state: moments zero, no step taken. One at a time can be used on a network. */
  public Adam(Network network) {
    this.network = network;
    this.first = network.moment(0);
    this.second = network.moment(1);
    reset();
  }

  /** Forgets all steps. */
  public void reset() {
    try (Turn _ = network.backend().turn().take()) {
      network.backend().fill(first, 0.0f);
      network.backend().fill(second, 0.0f);
      beta1Power = 1.0;
      beta2Power = 1.0;
    }
  }

  /** One step with the network's gradients. */
  public void step(double learningRate, double weightDecay) {
    try (Turn _ = network.backend().turn().take()) {
      double next1 = beta1Power * BETA1;
      double next2 = beta2Power * BETA2;
      constants.moveTo(learningRate, BETA1, BETA2, EPSILON, weightDecay, next1, next2);
      network.backend().adamStep(network.values(), network.gradients(), first, second, constants);
      beta1Power = next1; // a step that failed is none
      beta2Power = next2;
    }
  }
}
