// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/**
 * The preprocessing takes the 256 byte values to 256 different numbers, in their order. So two
 * images are identical after it exactly when their bytes are, and the floor is the same.
 */
class ScaleTest {
  @Test
  void allByteValuesStayApart() {
    float[] x = new float[256];
    for (int v = 0; v < 256; v++) {
      x[v] = v;
    }
    float[] y = new float[256];
    try (Backend backend = new ReferenceBackend()) {
      Tensor in = new Tensor(Shape.vectors(256, 1), backend.allocate(256));
      Tensor out = new Tensor(Shape.vectors(256, 1), backend.allocate(256));
      backend.upload(MemorySegment.ofArray(x), in.data());
      backend.scaleForward(
          in,
          one(backend, ParameterSpec.Role.INPUT_SCALE),
          one(backend, ParameterSpec.Role.INPUT_SHIFT),
          out);
      backend.download(out.data(), MemorySegment.ofArray(y));
    }
    assertEquals(-1.0f, y[0]);
    for (int v = 1; v < 256; v++) {
      assertTrue(y[v] > y[v - 1], v + " becomes " + y[v] + ", " + (v - 1) + " " + y[v - 1]);
    }
  }

  private static Buffer one(Backend backend, ParameterSpec.Role role) {
    Buffer buffer = backend.allocate(1);
    backend.fill(buffer, role.initial());
    return buffer;
  }
}
