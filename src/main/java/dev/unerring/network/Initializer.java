package dev.unerring.network;

import dev.unerring.base.Philox;
import java.lang.foreign.MemorySegment;

/**
 * Values before training: weights He-uniform (He, Zhang, Ren, Sun, arXiv 1502.01852), bound sqrt(6
 * / fanIn) computed in binary64 and rounded once; everything else its role's constant. The draw for
 * an element goes by its index in the file's layout and the number of its tensor in declared order.
 */
public final class Initializer {
  private Initializer() {}

  /** Sets every stored tensor of the network. */
  public static void initialize(Network network, long seed) {
    int number = 0;
    for (Parameter parameter : network.parameters()) {
      ParameterSpec spec = parameter.spec();
      float[] engine = new float[spec.size()];
      float bound = (float) Math.sqrt(6.0 / Math.max(1, spec.fanIn()));
      for (int i = 0; i < engine.length; i++) {
        float value = spec.role().initial();
        if (spec.role() == ParameterSpec.Role.WEIGHT) {
          float u = Philox.uniform(seed, Philox.INITIAL_WEIGHTS, number, i);
          value = (2.0f * u - 1.0f) * bound;
        }
        engine[spec.layout().engineIndex(i)] = value;
      }
      network.backend().upload(MemorySegment.ofArray(engine), parameter.value());
      number++;
    }
  }
}
