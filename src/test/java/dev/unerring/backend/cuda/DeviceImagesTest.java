// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.UnerringException;
import dev.unerring.backend.HeldImages;
import dev.unerring.ffi.StubCuda;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images on the GPU belong to the object that gave them, not to its address; they are freed with
 * their data set, and a recording or a copy that fails leaves nothing behind.
 */
@Timeout(120)
final class DeviceImagesTest {
  private static final int IMAGE = 16;
  private static final int IMAGES = 3;

  @TempDir private static Path folder;
  private static HostGpu host;
  private static StubCuda stub;

  @BeforeAll
  static void build() throws Exception {
    host = HostGpu.build(folder);
    stub = host.stub();
  }

  @BeforeEach
  void reset() {
    stub.reset();
  }

  private static MemorySegment images(Arena arena, int first) {
    MemorySegment images = arena.allocate(IMAGES * IMAGE);
    fill(images, first);
    return images;
  }

  private static void fill(MemorySegment images, int first) {
    for (int i = 0; i < images.byteSize(); i++) {
      images.set(ValueLayout.JAVA_BYTE, i, (byte) (first + i));
    }
  }

  /** The first pixels of all images, as a pass of the device gives them. */
  private static float[] firstPixels(CudaBackend gpu, HeldImages held) {
    Tensor x = new Tensor(new Shape(IMAGES, 1, 4, 4, 1), gpu.allocate(IMAGES * IMAGE));
    held.begin(new int[] {0, 1, 2}, new int[0]);
    held.next(x, null);
    float[] pixels = new float[IMAGES * IMAGE];
    gpu.download(x.data(), MemorySegment.ofArray(pixels));
    return new float[] {pixels[0], pixels[IMAGE], pixels[2 * IMAGE]};
  }

  @Test
  void anotherDataSetAtTheSameAddressIsAnother() {
    try (CudaBackend gpu = host.open();
        Arena arena = Arena.ofConfined()) {
      MemorySegment memory = images(arena, 10);
      MemorySegment first = memory.asReadOnly();
      assertArrayEquals(new float[] {10, 26, 42}, firstPixels(gpu, held(gpu, first)));
      assertSame(held(gpu, first), held(gpu, first), "the same images are held once");
      fill(memory, 100);
      MemorySegment second = memory.asReadOnly();
      assertEquals(first, second, "equal to the eye: one address, one size");
      assertNotSame(held(gpu, first), held(gpu, second));
      assertArrayEquals(new float[] {100, 116, 132}, firstPixels(gpu, held(gpu, second)));
      assertArrayEquals(new float[] {10, 26, 42}, firstPixels(gpu, held(gpu, first)));
    }
    assertEquals(0, stub.live());
  }

  private static HeldImages held(CudaBackend gpu, MemorySegment images) {
    return gpu.hold(images, IMAGE).orElseThrow();
  }

  @Test
  void aClosedDataSetIsFreedAndItsPassRefused() {
    try (CudaBackend gpu = host.open()) {
      Arena last = Arena.ofConfined();
      HeldImages before = held(gpu, images(last, 0));
      before.begin(new int[] {0}, new int[] {1});
      long live = stub.live();
      for (int i = 1; i < 100; i++) {
        last.close();
        last = Arena.ofConfined();
        HeldImages next = held(gpu, images(last, i));
        next.begin(new int[] {0}, new int[] {1});
        assertEquals(live, stub.live(), "data set " + i);
        HeldImages gone = before;
        IllegalStateException refused =
            assertThrows(IllegalStateException.class, () -> gone.begin(new int[] {0}, new int[0]));
        assertTrue(refused.getMessage().contains("data set is closed"), refused.getMessage());
        before = next;
      }
      last.close();
    }
    assertEquals(0, stub.live());
  }

  @Test
  void aForgottenDataSetIsFreed() throws InterruptedException {
    try (CudaBackend gpu = host.open();
        Arena arena = Arena.ofConfined()) {
      long live = stub.live();
      held(gpu, images(Arena.ofAuto(), 1));
      MemorySegment other = images(arena, 2);
      held(gpu, other);
      long both = stub.live() - live;
      while (stub.live() - live == both) { // until the time limit
        System.gc();
        Thread.sleep(5);
        held(gpu, other);
      }
      assertEquals(both / 2, stub.live() - live);
    }
  }

  @Test
  void whatWasRecordedWithFreedImagesIsNotRepeated() {
    try (CudaBackend gpu = host.open()) {
      Tensor x = new Tensor(new Shape(1, 1, 4, 4, 1), gpu.allocate(IMAGE));
      Arena arena = Arena.ofConfined();
      HeldImages held = held(gpu, images(arena, 5));
      Runnable next = () -> held.next(x, null);
      for (int i = 0; i < 3; i++) {
        held.begin(new int[] {0}, new int[0]);
        gpu.repeat("next", next);
      }
      assertTrue(gpu.repeated() > 0);
      arena.close();
      try (Arena other = Arena.ofConfined()) {
        held(gpu, images(other, 6));
        assertThrows(IllegalStateException.class, () -> gpu.repeat("next", next));
      }
    }
    assertEquals(0, stub.live());
  }

  @Test
  void aCopyThatFailsLeavesNothingBehind() {
    try (CudaBackend gpu = host.open();
        Arena arena = Arena.ofConfined()) {
      long before = stub.calls();
      held(gpu, images(arena, 0));
      long calls = stub.calls() - before;
      assertTrue(calls >= 4, calls + " calls");
      for (int n = 1; n <= calls; n++) {
        long live = stub.live();
        MemorySegment images = images(arena, n);
        stub.fail(stub.calls() + n, StubCuda.Kind.OUT_OF_MEMORY);
        try {
          assertEquals(Optional.empty(), gpu.hold(images, IMAGE), "call " + n);
          assertEquals("cudaMalloc", stub.failed());
        } catch (UnerringException e) {
          assertTrue(e.getMessage().contains(";"), e.getMessage());
        }
        assertEquals(live, stub.live(), "call " + n + ", " + stub.failed());
        MemorySegment next = images(arena, 7);
        assertArrayEquals(new float[] {7, 23, 39}, firstPixels(gpu, held(gpu, next)));
      }
    }
    assertEquals(0, stub.live());
  }

  @Test
  void aRecordingThatThrowsLeavesNoGraph() {
    try (CudaBackend gpu = host.open()) {
      Buffer buffer = gpu.allocate(8);
      gpu.fill(buffer, 1);
      long live = stub.live();
      for (Throwable thrown :
          new Throwable[] {
            new IllegalStateException("no"), new OutOfMemoryError("full"), new StackOverflowError()
          }) {
        boolean[] fails = new boolean[1];
        Runnable operations =
            () -> {
              gpu.fill(buffer, 2);
              if (fails[0] && thrown instanceof Error e) {
                throw e;
              } else if (fails[0]) {
                throw (RuntimeException) thrown;
              }
            };
        gpu.repeat(thrown, operations);
        fails[0] = true;
        for (int i = 0; i < 20; i++) {
          assertSame(thrown, assertThrows(thrown.getClass(), () -> gpu.repeat(thrown, operations)));
          assertEquals(live, stub.live(), "a graph was left behind");
        }
        fails[0] = false;
        gpu.repeat(thrown, operations);
        gpu.repeat(thrown, operations);
        assertTrue(gpu.repeated() > 0, "it is recorded after all");
        float[] found = new float[8];
        gpu.download(buffer, MemorySegment.ofArray(found));
        assertEquals(2, found[0]);
        live = stub.live();
      }
    }
    assertEquals(0, stub.live());
  }
}
