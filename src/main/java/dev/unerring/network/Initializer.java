// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.base.Philox;
import java.lang.foreign.MemorySegment;

/**
 * Values before training: weights and biases of convolutions and linear layers uniform within 1 /
 * sqrt(fanIn), computed in binary64 and rounded once (PyTorch's default; chosen by measurement, see
 * docs/decisions.md); everything else its role's constant. The draw for an element goes by its
 * index in the file's layout and the number of its tensor in declared order. The d-n-K networks are
 * drawn within 5, as published.
 */
public final class Initializer {
  private Initializer() {}

  private static final float PUBLISHED_BOUND = 5.0f;

  /** Sets every stored tensor of the network. */
  public static void initialize(Network network, long seed) {
    int number = 0;
    boolean published = Architectures.isDeng(network.architecture());
    int purpose = published ? Philox.PUBLISHED_WEIGHTS : Philox.INITIAL_WEIGHTS;
    for (Parameter parameter : network.parameters()) {
      ParameterSpec spec = parameter.spec();
      float[] engine = new float[spec.size()];
      boolean drawn = spec.fanIn() > 0;
      float bound = drawn ? (float) (1.0 / Math.sqrt(spec.fanIn())) : 0.0f;
      bound = drawn && published ? PUBLISHED_BOUND : bound;
      for (int i = 0; i < engine.length; i++) {
        float value = spec.role().initial();
        if (drawn) {
          float u = Philox.uniform(seed, purpose, number, i);
          value = (2.0f * u - 1.0f) * bound;
        }
        engine[spec.layout().engineIndex(i)] = value;
      }
      network.backend().upload(MemorySegment.ofArray(engine), parameter.value());
      number++;
    }
  }
}
