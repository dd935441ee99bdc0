// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DeviceException;
import dev.unerring.errors.Labels;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.NativeLibrary;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import dev.unerring.train.Adam;
import dev.unerring.train.BatchStep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Any allocation of native memory may fail: that is a typed error, the same call succeeds once
 * there is memory again, with the same bits, and closing leaves no memory behind.
 */
final class ScarceMemoryTest {
  private static final Shape IMAGE = new Shape(1, 1, 28, 28, 3);
  private static final int CLASSES = 3;

  /** Arenas whose n-th allocation fails, once. */
  private static final class Scarce implements Supplier<Arena> {
    private final Set<Arena> open = ConcurrentHashMap.newKeySet();
    private int fails;
    private int allocations;

    @Override
    public Arena get() {
      Arena real = Arena.ofShared();
      Arena arena =
          new Arena() {
            @Override
            public MemorySegment allocate(long bytes, long alignment) {
              if (++allocations == fails) {
                throw new OutOfMemoryError("Cannot reserve " + bytes + " bytes of direct memory");
              }
              return real.allocate(bytes, alignment);
            }

            @Override
            public MemorySegment.Scope scope() {
              return real.scope();
            }

            @Override
            public void close() {
              open.remove(this);
              real.close();
            }
          };
      open.add(arena);
      return arena;
    }
  }

  private static CpuBackend open(Scarce memory) {
    NativeLibrary library = NativeLibrary.search("cpu").library();
    if (library == null) {
      Assumptions.abort("SKIPPED, no CPU kernels (make native)");
    }
    return new CpuBackend(new CpuKernels(library, CpuKernels.best(library)), 2, memory);
  }

  /** Calls again as long as there is not enough memory; how often there was not. */
  private static int patiently(Runnable call) {
    for (int failures = 0; ; failures++) {
      try {
        call.run();
        return failures;
      } catch (DeviceException e) {
        assertTrue(e.getMessage().contains("use a smaller --batch-size"), e.getMessage());
        assertTrue(failures < 2, "it failed again, with memory there");
      }
    }
  }

  /** Weights after steps of 2, 9 and 2 images, which make working memory grow in between. */
  private static float[] train(CpuBackend backend, int[] failures) {
    Network[] network = new Network[1];
    BatchStep[] step = new BatchStep[1];
    Adam[] adam = new Adam[1];
    failures[0] +=
        patiently(() -> {
          network[0] = new Network("small", IMAGE, CLASSES, backend, 9);
          Initializer.initialize(network[0], 4);
          step[0] = new BatchStep(network[0]);
          adam[0] = new Adam(network[0]);
        });
    for (int images : new int[] {2, 9, 2}) {
      float[] pixels = new float[images * IMAGE.imageElements()];
      int[] labels = new int[images];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = i * 37 % 256;
        labels[i % images] = i % CLASSES;
      }
      failures[0] +=
          patiently(() ->
              step[0].gradients(
                  pixels, Labels.single(labels), labels, Mode.BATCH_STATISTICS, "a step"));
      failures[0] += patiently(() -> adam[0].step(1e-3, 0));
    }
    float[] weights = new float[(int) network[0].parameterCount()];
    backend.download(network[0].values(), MemorySegment.ofArray(weights));
    return weights;
  }

  @Test
  void anyAllocationMayFail() {
    Scarce plenty = new Scarce();
    float[] expected;
    try (CpuBackend backend = open(plenty)) {
      expected = train(backend, new int[1]);
    }
    assertTrue(plenty.open.isEmpty(), "memory was left behind");
    assertTrue(plenty.allocations > 50, plenty.allocations + " allocations");
    for (int n = 1; n <= plenty.allocations; n++) {
      Scarce memory = new Scarce();
      memory.fails = n;
      int[] failures = new int[1];
      try (CpuBackend backend = open(memory)) {
        assertArrayEquals(expected, train(backend, failures), "allocation " + n);
      }
      assertEquals(1, failures[0], "allocation " + n);
      assertTrue(memory.open.isEmpty(), "allocation " + n + " left memory behind");
    }
  }
}
