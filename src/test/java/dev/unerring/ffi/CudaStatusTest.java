// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DeviceException;
import dev.unerring.ffi.CudaStatus.Situation;
import dev.unerring.ffi.StubCuda.Kind;
import dev.unerring.ffi.StubCuda.Knob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever the libraries say or fail with, the status is the right situation with a sentence that
 * names the cause and a remedy, and nothing that was created stays behind.
 */
class CudaStatusTest {
  @TempDir private static Path library;
  private static StubCuda built;
  @TempDir private Path folder;
  private StubCuda stub;

  @BeforeAll
  static void build() throws Exception {
    built = StubCuda.build(library);
  }

  @BeforeEach
  void link() throws IOException {
    stub = built.in(folder);
  }

  @Test
  void aTrialThatComesOutRightIsUsable() {
    CudaStatus status = stub.status();
    assertEquals(Situation.USABLE, status.situation(), status.sentence());
    assertEquals(
        "usable: Stub GPU with driver for CUDA 13.0, CUDA runtime 13.0, cuBLAS 13.1.2, cuDNN 9.24.0;"
            + " a trial computation came out right",
        status.sentence());
    assertEquals(
        "Stub GPU, compute capability 9.9, 9 SMs, 8.0 GiB, ECC on",
        status.devices().getFirst().text());
    assertSame(status.libraries(), status.require());
    assertTrue(stub.calls() > 50, stub.calls() + " calls");
    assertEquals(0, stub.live());
  }

  @Test
  void orderedArithmeticNeedsNeitherCublasNorCudnn() throws IOException {
    stub.remove("libcudnn.so.9");
    stub.remove("libcublas.so.13");
    stub.remove("libcublasLt.so.13");
    CudaStatus status = CudaStatus.of(stub.load(), false);
    assertEquals(
        "usable: Stub GPU with driver for CUDA 13.0, CUDA runtime 13.0;"
            + " a trial computation came out right",
        status.sentence());
    assertEquals(Situation.USABLE, status.situation());
    assertEquals(0, stub.live());
    stub.remove("libcudart.so.13");
    assertEquals(
        "GPU and driver are there, but not libcudart.so.13; install CUDA, or name their folders"
            + " with UNERRING_CUDA_PATH (see 'unerring doctor' for the places tried)",
        CudaStatus.of(stub.load(), false).sentence());
  }

  @Test
  void anyCallMayFailInAnyWay() {
    stub.status();
    long calls = stub.calls();
    for (Kind kind : Kind.values()) {
      for (long n = 1; n <= calls; n++) {
        stub.reset();
        stub.fail(n, kind);
        CudaStatus status = stub.status();
        String function = stub.failed();
        String context = "call " + n + ", " + function + ", " + kind + ": " + status.sentence();
        assertEquals(0, stub.live(), context);
        if (function.equals("nvrtcVersion")) {
          assertTrue(status.usable(), context); // the compiler is not needed
          continue;
        }
        assertFalse(status.usable(), context);
        assertEquals(6, assertThrows(DeviceException.class, status::require).exitCode(), context);
        if (status.cause() instanceof NativeCallException failure) {
          boolean lost = kind == Kind.ILLEGAL_ADDRESS; // and later calls fail as well
          assertTrue(lost || failure.function().equals(function), context);
          assertTrue(failure.status() != 0 && !failure.remedy().isEmpty(), context);
          assertTrue(failure.statusName().endsWith(" of the stub"), context);
          assertTrue(lost ? failure.exitCode() == 1 : failure.exitCode() > 0, context);
        } else {
          assertInstanceOf(DeviceException.class, status.cause(), context);
          assertTrue(status.sentence().contains("does not say its version"), context);
        }
      }
    }
  }

  @Test
  void outOfMemoryNamesCallStatusTextAndRemedy() {
    long first = callOf("cudaMalloc");
    stub.fail(first, Kind.OUT_OF_MEMORY);
    CudaStatus status = stub.status();
    assertEquals(Situation.DEVICE_UNUSABLE, status.situation());
    assertEquals(
        "GPU 0 (Stub GPU) is there, but fails: cudaMalloc failed: status 2 (cudaGetErrorName of the"
            + " stub: cudaGetErrorString of the stub); use a smaller --batch-size, or end other"
            + " programs on this GPU (nvidia-smi lists them)",
        status.sentence());
    assertEquals(6, status.cause().exitCode());
  }

  @Test
  void cudnnNamesTheCauseThatItKnows() {
    long call = callOf("cudnnAddTensor");
    stub.fail(call, Kind.ILLEGAL_ADDRESS);
    CudaStatus status = stub.status();
    assertTrue(status.sentence().contains("cudnnAddTensor failed: status 5000"), status.sentence());
    assertTrue(status.sentence().contains("cause by the stub"), status.sentence());
    assertEquals(1, status.cause().exitCode());
  }

  @Test
  void eccIsAFaultOfTheDevice() {
    long call = callOf("cudaGraphLaunch");
    stub.fail(call, Kind.ECC);
    CudaStatus status = stub.status();
    assertTrue(status.sentence().contains("uncorrectable ECC error"), status.sentence());
    assertEquals(6, status.cause().exitCode());
  }

  @Test
  void noDeviceIsASituationOfItsOwn() {
    stub.set(Knob.DEVICES, 0);
    CudaStatus none = stub.status();
    assertEquals(Situation.NO_DEVICE, none.situation());
    assertTrue(none.sentence().contains("shows no GPU"), none.sentence());
    stub.fail(callOf("cuInit"), Kind.NO_DEVICE);
    assertEquals(Situation.NO_DEVICE, stub.status().situation());
  }

  @Test
  void anOldDriverIsNamedWithBothVersions() {
    stub.set(Knob.DRIVER_VERSION, 12020);
    CudaStatus status = stub.status();
    assertEquals(Situation.DRIVER_TOO_OLD, status.situation());
    assertEquals(
        "the NVIDIA driver serves CUDA up to 12.2, and CUDA 13.0 was found; update the driver (CUDA"
            + " 13 needs 580 or later), or install CUDA 12",
        status.sentence());
    assertEquals(0, stub.live());
  }

  @Test
  void withAnOldDriverTheOlderToolkitIsTaken() throws Exception {
    stub.toolkit(12);
    assertEquals(13, stub.load().cuda());
    stub.set(Knob.DRIVER_VERSION, 12020);
    stub.set(Knob.RUNTIME_VERSION, 12060);
    stub.set(Knob.CUBLAS_MAJOR, 12);
    stub.set(Knob.CUDNN_CUDART, 12060);
    CudaStatus status = stub.status();
    assertEquals(12, status.libraries().cuda());
    assertEquals(Situation.USABLE, status.situation(), status.sentence());
  }

  @Test
  void anotherVersionOfALibraryIsRefused() {
    stub.set(Knob.CUDNN_VERSION, 8907);
    CudaStatus status = stub.status();
    assertEquals(Situation.LIBRARIES_UNUSABLE, status.situation());
    assertTrue(
        status.sentence().endsWith("libcudnn.so.9 is version 8.9.7, and version 9 is needed"),
        status.sentence());
    stub.reset();
    stub.set(Knob.RUNTIME_VERSION, 11080);
    status = stub.status();
    assertEquals(Situation.LIBRARIES_UNUSABLE, status.situation());
    assertTrue(
        status
            .sentence()
            .endsWith("libcudart.so.13 is version 11.8, and version 12 or 13 is needed"),
        status.sentence());
    stub.reset();
    stub.set(Knob.CUDNN_CUDART, 12080);
    status = stub.status();
    assertEquals(Situation.LIBRARIES_UNUSABLE, status.situation());
    assertTrue(status.sentence().contains("was built for CUDA 12.8"), status.sentence());
  }

  @Test
  void aMissingFunctionIsNamedWithLibraryAndVersion(@TempDir Path other) throws Exception {
    CudaStatus status = StubCuda.build(other, "-DcudnnAddTensor=gone").status();
    assertEquals(Situation.LIBRARIES_UNUSABLE, status.situation());
    assertTrue(
        status
            .sentence()
            .contains(
                other.resolve("libcudnn.so.9")
                    + ", version 9.24.0, has no function 'cudnnAddTensor'"),
        status.sentence());
  }

  @Test
  void missingLibrariesAreNamed() throws Exception {
    stub.remove("libcudnn.so.9");
    stub.remove("libcublas.so.13");
    CudaStatus status = stub.status();
    assertEquals(Situation.LIBRARIES_MISSING, status.situation());
    assertTrue(
        status.sentence().contains("but not libcublas.so.13, libcudnn.so.9"), status.sentence());
    CudaLibraries.Found found = status.libraries().found().get(CudaLibrary.CUDNN);
    assertEquals(List.of(folder.resolve("libcudnn.so.9")), found.absent());
    assertTrue(status.libraries().cudnn().isEmpty());
    stub.remove("libnvrtc.so.13");
    assertTrue(stub.load().nvrtc().isEmpty());
  }

  @Test
  void withoutADriverNothingElseIsAsked() throws Exception {
    stub.remove("libcuda.so.1");
    CudaStatus status = stub.status();
    assertEquals(Situation.NO_DRIVER, status.situation());
    assertTrue(status.sentence().contains("libcuda.so.1 was not found"), status.sentence());
    DeviceException refused = assertThrows(DeviceException.class, status::require);
    assertEquals("no GPU can be used: " + status.sentence(), refused.getMessage());
    byte[] ofAnotherSystem = Files.readAllBytes(library.resolve("stub.so"));
    ofAnotherSystem[7] = 0x7F;
    Files.write(folder.resolve("libcuda.so.1"), ofAnotherSystem);
    CudaStatus damaged = stub.status();
    assertEquals(Situation.NO_DRIVER, damaged.situation());
    assertTrue(damaged.sentence().contains("cannot be loaded ("), damaged.sentence());
    assertTrue(
        damaged.sentence().contains("libcuda.so.1: ELF file OS ABI invalid)"), damaged.sentence());
  }

  @Test
  void aWrongResultIsNoticed() {
    stub.set(Knob.WRONG_RESULT, 1);
    CudaStatus status = stub.status();
    assertEquals(Situation.DEVICE_UNUSABLE, status.situation());
    assertTrue(status.sentence().contains("a product of matrices is wrong"), status.sentence());
    assertEquals(0, stub.live());
  }

  /** The number of the first call of a function. */
  private long callOf(String function) {
    for (long n = 1; ; n++) {
      stub.reset();
      stub.fail(n, Kind.OUT_OF_MEMORY);
      stub.status();
      if (stub.failed().equals(function)) {
        stub.reset();
        return n;
      }
      assertTrue(n < 200, function);
    }
  }
}
