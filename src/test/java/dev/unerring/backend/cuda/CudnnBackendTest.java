// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Exactness;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Window;
import dev.unerring.base.Philox;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What cuDNN and cuBLAS are asked for, on look-alikes of them that compute with plain loops on the
 * host. All values are small integers, so that every sum is exact in every precision and order, and
 * each result has to be that of the definition.
 */
class CudnnBackendTest {
  @TempDir private static Path folder;
  private static HostGpu host;

  @BeforeAll
  static void build() throws Exception {
    host = HostGpu.build(folder);
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, host.stub().live());
  }

  private static CudnnBackend open(Arithmetic arithmetic) {
    return CudnnBackend.open(host.status(), arithmetic);
  }

  private static float[] integers(int stream, long count) {
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = Integer.remainderUnsigned(Philox.bits(5, 1_400, stream, i), 3) - 1;
    }
    return values;
  }

  private static Buffer buffer(Backend backend, float[] values) {
    Buffer buffer = backend.allocate(values.length);
    backend.upload(MemorySegment.ofArray(values), buffer);
    return buffer;
  }

  private static float[] read(Backend backend, Buffer buffer) {
    float[] values = new float[Math.toIntExact(buffer.length())];
    backend.download(buffer, MemorySegment.ofArray(values));
    return values;
  }

  /** y, gradX, gradWeight and gradBias of a convolution. */
  private static float[][] convolution(Backend backend, Shape in, Window window, int oc) {
    Shape out = window.outputOf(in, oc);
    Tensor x = new Tensor(in, buffer(backend, integers(1, in.elements())));
    Buffer weight = buffer(backend, integers(2, (long) window.taps() * in.c() * oc));
    Buffer bias = buffer(backend, integers(3, oc));
    Tensor y = new Tensor(out, backend.allocate(out.elements()));
    Tensor gradY = new Tensor(out, buffer(backend, integers(4, out.elements())));
    Tensor gradX = new Tensor(in, backend.allocate(in.elements()));
    Buffer gradWeight = backend.allocate(weight.length());
    Buffer gradBias = backend.allocate(oc);
    backend.convForward(x, weight, bias, window, y);
    backend.convBackwardWeight(x, gradY, window, gradWeight, gradBias);
    backend.convBackwardInput(gradY, weight, window, gradX);
    return results(backend, y.data(), gradX.data(), gradWeight, gradBias);
  }

  private static float[][] linear(Backend backend, Shape in, int outputs) {
    Shape out = Shape.vectors(in.n(), outputs);
    Tensor x = new Tensor(in, buffer(backend, integers(1, in.elements())));
    Buffer weight = buffer(backend, integers(2, (long) in.imageElements() * outputs));
    Buffer bias = buffer(backend, integers(3, outputs));
    Tensor y = new Tensor(out, backend.allocate(out.elements()));
    Tensor gradY = new Tensor(out, buffer(backend, integers(4, out.elements())));
    Tensor gradX = new Tensor(in, backend.allocate(in.elements()));
    Buffer gradWeight = backend.allocate(weight.length());
    Buffer gradBias = backend.allocate(outputs);
    backend.linearForward(x, weight, bias, y);
    backend.linearBackwardWeight(x, gradY, gradWeight, gradBias);
    backend.linearBackwardInput(gradY, weight, gradX);
    return results(backend, y.data(), gradX.data(), gradWeight, gradBias);
  }

  private static float[][] results(Backend backend, Buffer... buffers) {
    float[][] all = new float[buffers.length][];
    for (int i = 0; i < all.length; i++) {
      all[i] = read(backend, buffers[i]);
    }
    return all;
  }

  private static void compare(float[][] expected, float[][] found, String what) {
    String[] names = {"y", "gradX", "gradWeight", "gradBias"};
    for (int i = 0; i < names.length; i++) {
      assertArrayEquals(expected[i], found[i], what + ": " + names[i]);
    }
  }

  private static EnumSet<Arithmetic> all() {
    return EnumSet.complementOf(EnumSet.of(Arithmetic.ORDERED));
  }

  @Test
  void convolutionsHaveTheLayoutsThatCudnnIsTold() {
    Object[][] cases = {
      {new Shape(2, 1, 6, 5, 1), Window.square(3, 1, 1), 16},
      {new Shape(2, 1, 6, 5, 3), Window.square(3, 1, 0), 9},
      {new Shape(1, 1, 5, 7, 16), Window.square(3, 2, 1), 33},
      {new Shape(3, 1, 4, 4, 8), Window.square(1, 2, 0), 40},
      {new Shape(2, 1, 3, 3, 35), Window.square(1, 1, 0), 4},
      {new Shape(2, 1, 5, 6, 2), new Window(1, 1, 3, 1, 0), 8},
      {new Shape(1, 4, 5, 3, 3), new Window(3, 3, 3, 1, 1), 16},
      {new Shape(1, 3, 4, 4, 2), new Window(1, 3, 3, 2, 1), 8},
    };
    for (Object[] each : cases) {
      Shape in = (Shape) each[0];
      Window window = (Window) each[1];
      int oc = (int) each[2];
      float[][] expected;
      try (Backend reference = new ReferenceBackend()) {
        expected = convolution(reference, in, window, oc);
      }
      for (Arithmetic arithmetic : all()) {
        try (CudnnBackend backend = open(arithmetic)) {
          String what = in + ", " + window + ", " + arithmetic;
          compare(expected, convolution(backend, in, window, oc), what);
          // The look-alike has no backward passes in three dimensions.
          Map<?, ?> refused = (Map<?, ?>) backend.facts().get("cudnnRefused");
          assertEquals(in.d() == 1 ? 0 : 2, refused.size(), what + refused);
        }
      }
    }
  }

  @Test
  void linearLayersTurnTheRightMatrices() {
    for (Shape in :
        new Shape[] {Shape.vectors(1, 1), Shape.vectors(5, 7), new Shape(3, 1, 2, 3, 4)}) {
      for (int outputs : new int[] {1, 2, 11}) {
        float[][] expected;
        try (Backend reference = new ReferenceBackend()) {
          expected = linear(reference, in, outputs);
        }
        for (Arithmetic arithmetic : all()) {
          try (Backend backend = open(arithmetic)) {
            compare(expected, linear(backend, in, outputs), in + " to " + outputs + arithmetic);
          }
        }
      }
    }
  }

  @Test
  void bfloat16RoundsTheOperandsAndNothingElse() {
    Shape one = Shape.vectors(1, 1);
    Window point = Window.square(1, 1, 0);
    float third = 1.0f / 3; // 0x3eaaaaab, as a bfloat16 0x3eab
    float[] expected = {third * third, 0x1.56p-2f * 0x1.56p-2f};
    Arithmetic[] arithmetics = {Arithmetic.CUDNN_FP32, Arithmetic.CUDNN_BF16};
    for (int i = 0; i < 2; i++) {
      try (Backend backend = open(arithmetics[i])) {
        Tensor x = new Tensor(one, buffer(backend, new float[] {third}));
        Buffer zero = backend.allocate(1);
        Tensor y = new Tensor(one, backend.allocate(1));
        backend.linearForward(x, x.data(), zero, y);
        assertEquals(expected[i], read(backend, y.data())[0]);
        backend.convForward(x, x.data(), zero, point, y);
        float rounded =
            Float.intBitsToFloat(Float.floatToIntBits(expected[i]) + 0x8000 & 0xffff0000);
        assertEquals(i == 0 ? expected[i] : rounded, read(backend, y.data())[0]);
      }
    }
  }

  @Test
  void exactHasTheSameMemoryAndTheBitsOfTheDefinition() {
    try (CudnnBackend backend = open(Arithmetic.CUDNN_BF16)) {
      assertEquals(Exactness.TOLERANCE, backend.exactness());
      Backend exact = backend.exact();
      assertEquals(Exactness.BITWISE, exact.exactness());
      assertSame(exact, exact.exact());
      Buffer third = buffer(backend, new float[] {1.0f / 3});
      Tensor x = new Tensor(Shape.vectors(1, 1), third);
      Tensor y = new Tensor(x.shape(), exact.allocate(1));
      exact.linearForward(x, third, backend.allocate(1), y);
      assertEquals(Math.fma(1.0f / 3, 1.0f / 3, 0.0f), read(backend, y.data())[0]);
    }
  }

  @Test
  void whatRanIsRecorded() {
    try (CudnnBackend backend = open(Arithmetic.CUDNN_TF32)) {
      Map<String, Object> facts = backend.facts();
      assertEquals("Stub GPU", facts.get("gpu"));
      assertEquals("9.24.0", facts.get("cudnn"));
      assertEquals(1L, facts.get("cudnnForward"));
      assertEquals(1L, facts.get("cudnnBackwardData"));
      assertEquals(1L, facts.get("cudnnBackwardFilter"));
      assertTrue(facts.get("cublas").toString().startsWith("13."));
    }
  }
}
