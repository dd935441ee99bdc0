// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.base.FmaCases;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/**
 * The fma of every kernel set has the bits of {@link Math#fma}; the portable set has no instruction
 * for it. Carried out as y = fma(x, scale, shift), a channel a case.
 */
final class PortableFmaTest {
  private static final int CHANNELS = 1 << 16;

  /** Collects cases and compares them when there is a full tensor of them. */
  private static final class Batch implements FmaCases.Triple {
    private final Backend backend;
    private final String set;
    private final float[] a = new float[CHANNELS];
    private final float[] b = new float[CHANNELS];
    private final float[] c = new float[CHANNELS];
    private final float[] y = new float[CHANNELS];
    private final Tensor x;
    private final Buffer scale;
    private final Buffer shift;
    private int count;
    private long compared;

    Batch(Backend backend, String set) {
      this.backend = backend;
      this.set = set;
      x = new Tensor(Shape.vectors(1, CHANNELS), backend.allocate(CHANNELS));
      scale = backend.allocate(CHANNELS);
      shift = backend.allocate(CHANNELS);
    }

    @Override
    public void take(float first, float second, float third) {
      a[count] = first;
      b[count] = second;
      c[count] = third;
      count++;
      if (count == CHANNELS) {
        compare();
      }
    }

    void compare() {
      backend.upload(MemorySegment.ofArray(a), x.data());
      backend.upload(MemorySegment.ofArray(b), scale);
      backend.upload(MemorySegment.ofArray(c), shift);
      backend.scaleForward(x, scale, shift, x);
      backend.download(x.data(), MemorySegment.ofArray(y));
      for (int i = 0; i < count; i++) {
        int expected = Float.floatToIntBits(Math.fma(a[i], b[i], c[i]));
        int found = Float.floatToIntBits(y[i]);
        if (expected != found) {
          assertEquals(
              Integer.toHexString(expected),
              Integer.toHexString(found),
              set
                  + ": fma("
                  + Float.toHexString(a[i])
                  + ", "
                  + Float.toHexString(b[i])
                  + ", "
                  + Float.toHexString(c[i])
                  + ")");
        }
      }
      compared += count;
      count = 0;
    }
  }

  @Test
  void everySetRoundsOnce() {
    for (CpuKernels kernels : KernelSets.find().supported()) {
      String set = kernels.set().label();
      try (Backend backend = CpuBackend.open(set, 2)) {
        Batch batch = new Batch(backend, set);
        FmaCases.special(batch);
        FmaCases.random(batch);
        batch.compare();
        assertTrue(batch.compared > 1_000_000, batch.compared + " cases");
      }
    }
  }
}
