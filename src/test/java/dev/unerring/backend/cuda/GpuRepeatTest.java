// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.cuda.CudnnConvolution.Algorithms;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * On a real GPU the allowed algorithms of cuDNN give the same bits each time, and the test would
 * notice if they did not: those that add in any order do not.
 */
class GpuRepeatTest {
  private static final Shape IMAGE = Shape.image2d(28, 28, 3);
  private static final int STEPS = 4;

  private static CudaStatus status;

  @BeforeAll
  static void gpu() {
    status = RealGpu.required();
  }

  private static Set<String> hashes(Arithmetic arithmetic, Algorithms algorithms, int times) {
    Set<String> hashes = new TreeSet<>();
    for (int i = 0; i < times; i++) {
      try (Arena arena = Arena.ofConfined();
          CudnnBackend backend = CudnnBackend.open(status, arithmetic, algorithms)) {
        GpuStep step = new GpuStep(backend, arena, "resnet18", IMAGE, 5, 64, 256);
        for (int s = 0; s < STEPS; s++) {
          step.run();
        }
        hashes.add(step.weights());
        if (i == 0) {
          System.out.println(arithmetic + ": " + backend.facts());
          ((Map<?, ?>) backend.facts().get("cudnnRefused"))
              .forEach((pass, reason) -> System.out.println("REFUSED " + pass + ": " + reason));
        }
      }
    }
    return hashes;
  }

  @Test
  void aHundredTrainingsGiveOneHash() {
    for (Arithmetic arithmetic : Arithmetic.values()) {
      if (arithmetic != Arithmetic.ORDERED) {
        Set<String> hashes = hashes(arithmetic, Algorithms.SAME_BITS, 34);
        assertEquals(1, hashes.size(), arithmetic + ": " + hashes);
      }
    }
  }

  @Test
  void algorithmsOfAnyOrderGiveMoreThanOne() {
    Set<String> hashes = hashes(Arithmetic.CUDNN_FP32, Algorithms.ANY_ORDER, 10);
    System.out.println("any order: " + hashes.size() + " hashes of 10");
    assertTrue(hashes.size() > 1, "the algorithms that add in any order gave one hash");
  }

  @Test
  void orderedStepsAreRepeatedFromRecordings() {
    Set<String> hashes = new TreeSet<>();
    for (int time = 0; time < 2; time++) {
      try (Arena arena = Arena.ofConfined();
          CudaBackend backend = CudaBackend.open(status)) {
        GpuStep step = new GpuStep(backend, arena, "resnet18", IMAGE, 5, 64, 256);
        for (int s = 0; s < STEPS; s++) {
          step.run();
        }
        assertTrue(backend.repeated() > 0, "nothing was repeated from a recording");
        hashes.add(step.weights());
      }
    }
    assertEquals(1, hashes.size());
  }
}
