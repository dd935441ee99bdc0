// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Philox;
import dev.unerring.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Before training, weights and biases are uniform within 1 / sqrt(fanIn), drawn by their index in
 * the file's layout; every other tensor has its role's constant; and the seed decides all of it.
 */
class InitializerTest {
  private static final long SEED = 77;

  /** Deviations of the mean that a fair draw exceeds once in a million tensors. */
  private static final double SIGMAS = 5;

  @Test
  void weightsAreWithinTheBoundAndCentred() {
    StoredTensors tensors = initial(SEED);
    int weights = 0;
    for (int t = 0; t < tensors.specs().size(); t++) {
      ParameterSpec spec = tensors.specs().get(t);
      if (spec.role() != ParameterSpec.Role.WEIGHT) {
        continue;
      }
      assertTrue(spec.fanIn() > 0, spec.name());
      weights++;
      float bound = (float) (1.0 / Math.sqrt(spec.fanIn()));
      double sum = 0;
      float largest = 0;
      for (float value : tensors.values().get(t)) {
        sum += value;
        largest = Math.max(largest, Math.abs(value));
      }
      assertTrue(largest <= bound, spec.name() + ": " + largest + " above " + bound);
      assertTrue(largest > 0.9f * bound, spec.name() + ": " + largest + " far below " + bound);
      double deviation = bound / Math.sqrt(3.0 * spec.size());
      assertTrue(
          Math.abs(sum / spec.size()) < SIGMAS * deviation,
          spec.name() + ": mean " + sum / spec.size() + ", seed " + SEED);
    }
    assertEquals(8, weights, "five convolutions and three linear layers");
  }

  @Test
  void biasesOfProductsAreDrawnWithinTheSameBound() {
    StoredTensors tensors = initial(SEED);
    int t = tensors.specs().indexOf(spec(tensors.specs(), "18.bias"));
    float bound = (float) (1.0 / Math.sqrt(1024));
    float largest = 0;
    for (float value : tensors.values().get(t)) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest <= bound && largest > 0.9f * bound, "largest " + largest);
  }

  @Test
  void fanInIsTheNumberOfInputsOfOneOutput() {
    List<ParameterSpec> specs = initial(SEED).specs();
    assertEquals(9, spec(specs, "0.weight").fanIn());
    assertEquals(144, spec(specs, "7.weight").fanIn());
    assertEquals(1024, spec(specs, "18.weight").fanIn());
  }

  @Test
  void theDrawGoesByTheIndexInTheFile() {
    StoredTensors tensors = initial(SEED);
    int number = 8; // input.scale, input.shift, 0.weight .. 1.running_var
    assertEquals("3.weight", tensors.specs().get(number).name());
    float bound = (float) (1.0 / Math.sqrt(144));
    float[] engine = tensors.values().get(number);
    for (int oc = 0; oc < 16; oc++) {
      for (int ic = 0; ic < 16; ic++) {
        for (int tap = 0; tap < 9; tap++) {
          int file = (oc * 16 + ic) * 9 + tap;
          float u = Philox.uniform(SEED, Philox.INITIAL_WEIGHTS, number, file);
          assertEquals((2 * u - 1) * bound, engine[(tap * 16 + ic) * 16 + oc], "element " + file);
        }
      }
    }
  }

  @Test
  void otherTensorsAreConstants() {
    StoredTensors tensors = initial(SEED);
    int constants = 0;
    for (int t = 0; t < tensors.specs().size(); t++) {
      ParameterSpec spec = tensors.specs().get(t);
      String name = spec.name();
      if (spec.fanIn() > 0) {
        continue;
      }
      boolean scale =
          Set.of("1.weight", "4.weight", "8.weight", "11.weight", "14.weight").contains(name);
      float wanted =
          name.equals("input.scale")
              ? (float) (1 / 127.5)
              : name.equals("input.shift") ? -1 : scale || name.endsWith("running_var") ? 1 : 0;
      for (float value : tensors.values().get(t)) {
        assertEquals(wanted, value, name);
      }
      constants++;
    }
    assertEquals(tensors.specs().size() - 16, constants);
  }

  @Test
  void theSeedDecides() {
    assertEquals(initial(SEED).weightsSha256(), initial(SEED).weightsSha256());
    assertNotEquals(initial(SEED).weightsSha256(), initial(SEED + 1).weightsSha256());
    assertNotEquals(initial(SEED).weightsSha256(), initial(SEED + (1L << 32)).weightsSha256());
  }

  private static ParameterSpec spec(List<ParameterSpec> specs, String name) {
    return specs.stream().filter(spec -> spec.name().equals(name)).findFirst().orElseThrow();
  }

  private static StoredTensors initial(long seed) {
    try (Backend backend = new ReferenceBackend()) {
      Network network = new Network("small", Shape.image2d(28, 28, 1), 3, backend, 1);
      Initializer.initialize(network, seed);
      return StoredTensors.of(network);
    }
  }
}
