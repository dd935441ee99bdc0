// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DeviceException;
import dev.unerring.UnerringException;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.ffi.NativeCallException;
import dev.unerring.ffi.StubCuda;
import dev.unerring.ffi.StubCuda.Kind;
import dev.unerring.tensor.Buffer;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stream, memory, copies and launches on look-alikes of NVIDIA's libraries: whatever fails is a
 * typed error, and nothing that was created stays behind.
 */
class GpuTest {
  @TempDir private static Path folder;
  private static StubCuda stub;
  private static CudaStatus status;

  @BeforeAll
  static void build() throws Exception {
    stub = StubCuda.build(folder);
    status = stub.status();
  }

  @BeforeEach
  void reset() {
    stub.reset();
  }

  /** Everything that a backend asks of the GPU, once. */
  private static void use() {
    try (Gpu gpu = Gpu.open(status)) {
      Scratch scratch = new Scratch(gpu);
      Kernels kernels = new Kernels(gpu, KernelCode.load(gpu).module());
      Buffer buffer = gpu.allocate(5);
      gpu.upload(MemorySegment.ofArray(new int[] {1, 2, 3, 4, 5}), buffer);
      scratch.words(10);
      scratch.words(20);
      kernels.of("add").at(buffer).number(3).count(4L).real(0.5f).launch(5);
      int[] back = new int[5];
      gpu.download(buffer, MemorySegment.ofArray(back));
      assertArrayEquals(new int[] {1, 2, 3, 4, 5}, back);
    }
  }

  @Test
  void everythingIsGivenBack() {
    for (int i = 0; i < 1_000; i++) {
      use();
      assertEquals(0, stub.live());
    }
  }

  @Test
  void anyCallMayFailInAnyWay() {
    use();
    long calls = stub.calls();
    assertTrue(calls > 20, calls + " calls");
    boolean compiled = KernelCode.compiled().isPresent();
    long loading = compiled ? callOf("cuModuleLoadData", calls) : 0;
    for (Kind kind : Kind.values()) {
      for (long n = 1; n <= calls; n++) {
        stub.reset();
        stub.fail(n, kind);
        if (kind == Kind.NO_KERNEL && n == loading) {
          use(); // then the source is compiled
          assertEquals("cuModuleLoadData", stub.failed());
          assertEquals(0, stub.live());
          continue;
        }
        UnerringException failure = assertThrows(UnerringException.class, GpuTest::use);
        String context = "call " + n + ", " + stub.failed() + ", " + kind + ": " + failure;
        assertEquals(0, stub.live(), context);
        assertTrue(failure.exitCode() == 6 || failure.exitCode() == 1, context);
        assertTrue(failure.getMessage().contains(";"), context); // what to do
      }
    }
  }

  /** The number of the first call of a function. */
  private static long callOf(String function, long calls) {
    for (long n = 1; n <= calls; n++) {
      stub.reset();
      stub.fail(n, Kind.OUT_OF_MEMORY);
      assertThrows(UnerringException.class, GpuTest::use);
      if (stub.failed().equals(function)) {
        return n;
      }
    }
    throw new IllegalStateException(function + " is not called");
  }

  @Test
  void copiesOfAnySizeArrive() {
    try (Gpu gpu = Gpu.open(status)) {
      for (int words :
          new int[] {0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20, 3_500_000}) {
        int[] given = new int[words];
        for (int i = 0; i < words; i++) {
          given[i] = i * 0x9E3779B9;
        }
        Buffer buffer = gpu.allocate(words + 3);
        gpu.upload(MemorySegment.ofArray(given), buffer.slice(1, words));
        int[] back = new int[words + 3];
        gpu.download(buffer, MemorySegment.ofArray(back));
        assertEquals(0, back[0]);
        assertEquals(0, back[words + 1]);
        assertEquals(0, back[words + 2]);
        for (int i = 0; i < words; i++) {
          assertEquals(given[i], back[i + 1]);
        }
      }
    }
    assertEquals(0, stub.live());
  }

  @Test
  void afterItsCloseItIsRefused() {
    Gpu gpu = Gpu.open(status);
    Buffer buffer = gpu.allocate(4);
    gpu.close();
    gpu.close();
    MemorySegment words = MemorySegment.ofArray(new int[4]);
    assertThrows(IllegalStateException.class, () -> gpu.upload(words, buffer));
    assertThrows(IllegalStateException.class, () -> gpu.download(buffer, words));
    assertThrows(IllegalStateException.class, () -> gpu.allocate(1));
    assertEquals(0, stub.live());
  }

  @Test
  void outOfMemorySaysWhatWasAskedForAndWhatIsFree() {
    try (Gpu gpu = Gpu.open(status)) {
      stub.fail(stub.calls() + 1, Kind.OUT_OF_MEMORY);
      DeviceException failure =
          assertThrows(DeviceException.class, () -> gpu.allocate(3_000_000_000L));
      assertEquals(
          "not enough memory on the GPU: 11444.1 MiB asked for, 6144.0 of 8192.0 MiB free; use a"
              + " smaller --batch-size, or end other programs on this GPU (nvidia-smi lists them)",
          failure.getMessage());
      assertEquals(6, failure.exitCode());
    }
  }

  @Test
  void whereNoCompiledCodeFitsTheSourceIsCompiled() {
    Optional<byte[]> compiled = Optional.of(new byte[] {1, 2, 3});
    try (Gpu gpu = Gpu.open(status)) {
      assertEquals("fatbin", KernelCode.load(gpu, compiled).origin());
      assertEquals("nvrtc", KernelCode.load(gpu, Optional.empty()).origin());
      stub.fail(stub.calls() + 1, Kind.NO_KERNEL);
      assertEquals("nvrtc", KernelCode.load(gpu, compiled).origin());
      stub.fail(stub.calls() + 1, Kind.OUT_OF_MEMORY);
      NativeCallException failure =
          assertThrows(NativeCallException.class, () -> KernelCode.load(gpu, compiled));
      assertEquals("cuModuleLoadData", failure.function());
    }
    assertEquals(0, stub.live());
  }

  @Test
  void withoutCompiledCodeAndCompilerTheMissingOneIsNamed(@TempDir Path other) throws Exception {
    StubCuda without = StubCuda.build(other);
    without.remove("libnvrtc.so.13");
    try (Gpu gpu = Gpu.open(without.status())) {
      DeviceException failure =
          assertThrows(DeviceException.class, () -> KernelCode.load(gpu, Optional.empty()));
      assertEquals(
          "this build has no compiled kernels for Stub GPU (sm_99), and NVRTC was not found to"
              + " compile them; install NVRTC, or use --device cpu",
          failure.getMessage());
      assertEquals(6L << 30, gpu.freeMemory());
    }
    assertEquals(0, without.live());
  }

  @Test
  void anotherThreadMayContinue() throws Exception {
    try (Gpu gpu = Gpu.open(status)) {
      Thread thread = new Thread(() -> gpu.allocate(3));
      thread.start();
      thread.join();
      long before = stub.calls();
      gpu.allocate(3);
      assertEquals(3, stub.calls() - before); // the thread is made current again
    }
    assertEquals(0, stub.live());
  }

  @Test
  void withoutAUsableGpuNothingOpens() {
    stub.set(StubCuda.Knob.DEVICES, 0);
    CudaStatus none = stub.status();
    DeviceException refused = assertThrows(DeviceException.class, () -> Gpu.open(none));
    assertEquals("no GPU can be used: " + none.sentence(), refused.getMessage());
  }

  @Test
  void aFailureIsOfTheCallThatFailed() {
    use();
    stub.reset();
    try (Gpu gpu = Gpu.open(status)) {
      stub.fail(stub.calls() + 1, Kind.ILLEGAL_ADDRESS);
      NativeCallException failure = assertThrows(NativeCallException.class, gpu::synchronize);
      assertEquals("cudaStreamSynchronize", failure.function());
      assertEquals(1, failure.exitCode());
      stub.reset();
    }
  }
}
