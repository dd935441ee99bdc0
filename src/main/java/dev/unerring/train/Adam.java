// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Turn;
import dev.unerring.base.Sha256;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Network;
import dev.unerring.tensor.Buffer;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.List;

/** Adam's state for one network: two moments and the powers of beta as binary64 products. */
public final class Adam {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final String BETA_POWERS = "betaPowers";

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

  /** Adds the state to a checkpoint. */
  public void keep(Checkpoint checkpoint) {
    checkpoint.put("adam.first", network.backend(), first);
    checkpoint.put("adam.second", network.backend(), second);
    checkpoint.put(BETA_POWERS, List.of(Checkpoint.bits(beta1Power), Checkpoint.bits(beta2Power)));
  }

  /** Takes the state that {@link #keep} added. */
  public void resume(Checkpoint checkpoint) {
    try (Turn _ = network.backend().turn().take()) {
      checkpoint.restore("adam.first", network.backend(), first);
      checkpoint.restore("adam.second", network.backend(), second);
      List<String> powers = checkpoint.facts().texts(BETA_POWERS);
      beta1Power = Checkpoint.real(powers.getFirst());
      beta2Power = Checkpoint.real(powers.getLast());
    }
  }

  /** SHA-256 over both moments and the powers of beta, as they stand in memory. */
  public String sha256() {
    MessageDigest digest = Sha256.digest();
    for (Buffer moment : List.of(first, second)) {
      byte[] bytes = new byte[Math.toIntExact(moment.length() * Float.BYTES)];
      network.backend().download(moment, MemorySegment.ofArray(bytes));
      digest.update(bytes);
    }
    digest.update((Checkpoint.bits(beta1Power) + Checkpoint.bits(beta2Power)).getBytes(US_ASCII));
    return Sha256.hex(digest);
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
