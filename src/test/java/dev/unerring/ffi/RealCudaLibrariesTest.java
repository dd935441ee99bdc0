// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * NVIDIA's own libraries load in the order of {@link CudaLibrary}, and what needs no GPU works
 * through the bindings: versions, texts, descriptors, the compiler. {@code -Dtest.cuda.path=} names
 * their folder, for instance a Python environment with nvidia-cublas and its like.
 */
class RealCudaLibrariesTest {
  private static CudaLibraries libraries;

  @BeforeAll
  static void load() {
    String path = System.getProperty("test.cuda.path");
    Assumptions.assumeTrue(
        path != null, "SKIPPED, no libraries of CUDA and cuDNN (-Dtest.cuda.path=folder)");
    libraries =
        CudaLibraries.load(LibraryFolders.of(path, System::getenv, java.nio.file.Path.of("/")));
  }

  @Test
  void versionsAgree() {
    String cuda = libraries.cuda() + ".";
    libraries
        .found()
        .forEach((library, found) ->
            assertTrue(
                found.library() != null || library == CudaLibrary.DRIVER,
                library + ": " + found.refused()));
    assertTrue(libraries.runtime().orElseThrow().version().startsWith(cuda));
    assertTrue(libraries.nvrtc().orElseThrow().version().startsWith(cuda));
    assertEquals(
        libraries.cublas().orElseThrow().version(), libraries.cublasLt().orElseThrow().version());
    Cudnn cudnn = libraries.cudnn().orElseThrow();
    assertEquals(BoundLibrary.dotted(cudnn.cudnnGetVersion()), cudnn.version());
    assertEquals(libraries.cuda(), cudnn.cudnnGetCudartVersion() / 1000);
  }

  @Test
  void textsComeFromTheLibraries() {
    CudaRuntime runtime = libraries.runtime().orElseThrow();
    assertEquals("cudaErrorNoDevice", runtime.statusName(CudaRuntime.cudaErrorNoDevice));
    assertEquals("out of memory", runtime.statusText(CudaRuntime.cudaErrorMemoryAllocation));
    Cublas cublas = libraries.cublas().orElseThrow();
    assertEquals(
        "CUBLAS_STATUS_ALLOC_FAILED", cublas.statusName(Cublas.CUBLAS_STATUS_ALLOC_FAILED));
    assertEquals(
        "CUDNN_STATUS_NOT_INITIALIZED",
        libraries.cudnn().orElseThrow().statusName(Cudnn.CUDNN_STATUS_NOT_INITIALIZED));
    assertEquals(
        "NVRTC_ERROR_COMPILATION",
        libraries.nvrtc().orElseThrow().statusName(Nvrtc.NVRTC_ERROR_COMPILATION));
  }

  @Test
  void withoutADriverEveryStartFailsWithItsOwnStatus() {
    Assumptions.assumeTrue(
        libraries.driver().isEmpty(), "SKIPPED, this machine has a driver of NVIDIA");
    NativeCallException runtime =
        failure(() -> libraries.runtime().orElseThrow().cudaGetDeviceCount());
    assertEquals(CudaRuntime.cudaErrorInsufficientDriver, runtime.status(), runtime::getMessage);
    NativeCallException cublas = failure(() -> libraries.cublas().orElseThrow().cublasCreate_v2());
    assertEquals(Cublas.CUBLAS_STATUS_NOT_INITIALIZED, cublas.status(), cublas::getMessage);
    NativeCallException cudnn = failure(() -> libraries.cudnn().orElseThrow().cudnnCreate());
    assertEquals(Cudnn.CUDNN_STATUS_NOT_INITIALIZED, cudnn.status(), cudnn::getMessage);
    for (NativeCallException each : new NativeCallException[] {runtime, cublas, cudnn}) {
      assertEquals(6, each.exitCode(), each::getMessage);
    }
  }

  @Test
  void descriptorsAreMadeFilledAndGivenBack() {
    Cudnn cudnn = libraries.cudnn().orElseThrow();
    try (Arena arena = Arena.ofConfined();
        NativeHandle tensor =
            new NativeHandle(
                cudnn.cudnnCreateTensorDescriptor(), cudnn::cudnnDestroyTensorDescriptor);
        NativeHandle convolution =
            new NativeHandle(
                cudnn.cudnnCreateConvolutionDescriptor(),
                cudnn::cudnnDestroyConvolutionDescriptor)) {
      MemorySegment extents = arena.allocateFrom(JAVA_INT, 2, 3, 28, 28);
      cudnn.cudnnSetTensorNdDescriptorEx(
          tensor.address(), Cudnn.CUDNN_TENSOR_NHWC, Cudnn.CUDNN_DATA_FLOAT, 4, extents);
      MemorySegment ones = arena.allocateFrom(JAVA_INT, 1, 1);
      cudnn.cudnnSetConvolutionNdDescriptor(
          convolution.address(),
          2,
          ones,
          ones,
          ones,
          Cudnn.CUDNN_CROSS_CORRELATION,
          Cudnn.CUDNN_DATA_FLOAT);
      cudnn.cudnnSetConvolutionMathType(convolution.address(), Cudnn.CUDNN_FMA_MATH);
      MemorySegment wrong = arena.allocateFrom(JAVA_INT, 2, -3, 28, 28);
      NativeCallException refused =
          failure(() ->
              cudnn.cudnnSetTensorNdDescriptorEx(
                  tensor.address(), Cudnn.CUDNN_TENSOR_NHWC, Cudnn.CUDNN_DATA_FLOAT, 4, wrong));
      assertTrue(refused.statusName().startsWith("CUDNN_STATUS_BAD_PARAM"), refused::getMessage);
      assertEquals(1, refused.exitCode());
    }
  }

  @Test
  void theCompilerMakesCodeAndExplainsAnError() {
    Nvrtc nvrtc = libraries.nvrtc().orElseThrow();
    String kernel = "extern \"C\" __global__ void f(float *x) { x[threadIdx.x] *= 2; }";
    assertTrue(compile(nvrtc, kernel).startsWith("\u007fELF"));
    assertTrue(compile(nvrtc, "void f( {").contains("error"));
  }

  /** Machine code, or the compiler's log. */
  private static String compile(Nvrtc nvrtc, String source) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment none = MemorySegment.NULL;
      MemorySegment text = arena.allocateFrom(source);
      MemorySegment name = arena.allocateFrom("f.cu");
      try (NativeHandle program =
          new NativeHandle(
              nvrtc.nvrtcCreateProgram(text, name, 0, none, none),
              address -> nvrtc.nvrtcDestroyProgram(arena.allocateFrom(ADDRESS, address)))) {
        MemorySegment bytes;
        try {
          MemorySegment option = arena.allocateFrom("--gpu-architecture=sm_90");
          nvrtc.nvrtcCompileProgram(program.address(), 1, arena.allocateFrom(ADDRESS, option));
          bytes = arena.allocate(nvrtc.nvrtcGetCUBINSize(program.address()));
          nvrtc.nvrtcGetCUBIN(program.address(), bytes);
        } catch (NativeCallException e) {
          assertEquals(Nvrtc.NVRTC_ERROR_COMPILATION, e.status());
          bytes = arena.allocate(nvrtc.nvrtcGetProgramLogSize(program.address()));
          nvrtc.nvrtcGetProgramLog(program.address(), bytes);
        }
        return new String(bytes.toArray(JAVA_BYTE), StandardCharsets.ISO_8859_1);
      }
    }
  }

  private static NativeCallException failure(Runnable call) {
    return assertThrows(NativeCallException.class, call::run);
  }
}
