// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.StringJoiner;

/**
 * cuBLAS: products of matrices, column by column as in Fortran. Method names are the C names, and
 * an out-parameter is the value that is returned. Errors are {@link NativeCallException}.
 */
public final class Cublas extends BoundLibrary {
  public static final int CUBLAS_STATUS_NOT_INITIALIZED = 1;
  public static final int CUBLAS_STATUS_ALLOC_FAILED = 3;
  public static final int CUBLAS_STATUS_ARCH_MISMATCH = 8;
  public static final int CUBLAS_OP_N = 0;
  public static final int CUBLAS_OP_T = 1;
  public static final int CUBLAS_PEDANTIC_MATH = 2;
  public static final int CUBLAS_TF32_TENSOR_OP_MATH = 3;
  public static final int CUBLAS_ATOMICS_NOT_ALLOWED = 0;
  public static final int CUBLAS_COMPUTE_32F = 68;
  public static final int CUBLAS_GEMM_DEFAULT = -1;
  public static final int CUDA_R_32F = 0;
  public static final int CUDA_R_16BF = 14;
  public static final int MAJOR_VERSION = 0;
  public static final int MINOR_VERSION = 1;
  public static final int PATCH_LEVEL = 2;

  private final Function cublasCreate_v2 = bind("cublasCreate_v2", P);
  private final Function cublasDestroy_v2 = bind("cublasDestroy_v2", P);
  private final Function cublasGetProperty = bind("cublasGetProperty", I, P);
  private final Function cublasSetStream_v2 = bind("cublasSetStream_v2", P, P);
  private final Function cublasSetWorkspace_v2 = bind("cublasSetWorkspace_v2", P, P, L);
  private final Function cublasSetMathMode = bind("cublasSetMathMode", P, I);
  private final Function cublasSetAtomicsMode = bind("cublasSetAtomicsMode", P, I);
  private final Function cublasSgemm_v2 =
      bind("cublasSgemm_v2", P, I, I, I, I, I, P, P, I, P, I, P, P, I);
  private final Function cublasGemmEx =
      bind("cublasGemmEx", P, I, I, I, I, I, P, P, I, I, P, I, I, P, P, I, I, I, I);

  private final Function cublasGetStatusName = function("cublasGetStatusName", TEXT);
  private final Function cublasGetStatusString = function("cublasGetStatusString", TEXT);

  /** Binds libcublas of CUDA 12 or 13; a DeviceException for another one. */
  Cublas(NativeLibrary library, String version) {
    super(library, version, 12, 13);
  }

  /** The version of cuBLAS, e.g. {@code 13.1.1}. */
  static String versionOf(NativeLibrary library) {
    MethodHandle property =
        library.function("cublasGetProperty", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    StringJoiner numbers = new StringJoiner(".");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(JAVA_INT);
      for (int part : new int[] {MAJOR_VERSION, MINOR_VERSION, PATCH_LEVEL}) {
        requireVersion(library, (int) property.invokeExact(part, out));
        numbers.add(Integer.toString(out.get(JAVA_INT, 0)));
      }
    } catch (Throwable e) {
      throw unexpected("cublasGetProperty", e);
    }
    return numbers.toString();
  }

  @Override
  String statusName(int status) {
    return textOf(cublasGetStatusName, status);
  }

  @Override
  String statusText(int status) {
    return textOf(cublasGetStatusString, status);
  }

  @Override
  Remedy remedy(int status) {
    return Remedy.cublas(status);
  }

  /** C: {@code cublasStatus_t cublasCreate_v2(cublasHandle_t *handle)}. */
  public MemorySegment cublasCreate_v2() {
    return pointerFrom(cublasCreate_v2, (f, out) -> (int) f.invokeExact(out));
  }

  /** C: {@code cublasStatus_t cublasDestroy_v2(cublasHandle_t handle)}. */
  public void cublasDestroy_v2(MemorySegment handle) {
    call(cublasDestroy_v2, f -> (int) f.invokeExact(handle));
  }

  /** C: {@code cublasStatus_t cublasGetProperty(libraryPropertyType type, int *value)}. */
  public int cublasGetProperty(int type) {
    return intFrom(cublasGetProperty, (f, out) -> (int) f.invokeExact(type, out));
  }

  /** C: {@code cublasStatus_t cublasSetStream_v2(cublasHandle_t handle, cudaStream_t streamId)}. */
  public void cublasSetStream_v2(MemorySegment handle, MemorySegment streamId) {
    call(cublasSetStream_v2, f -> (int) f.invokeExact(handle, streamId));
  }

  /**
   * C: {@code cublasStatus_t cublasSetWorkspace_v2(cublasHandle_t handle, void *workspace, size_t
   * workspaceSizeInBytes)}.
   */
  public void cublasSetWorkspace_v2(
      MemorySegment handle, MemorySegment workspace, long workspaceSizeInBytes) {
    call(cublasSetWorkspace_v2, f -> (int) f.invokeExact(handle, workspace, workspaceSizeInBytes));
  }

  /** C: {@code cublasStatus_t cublasSetMathMode(cublasHandle_t handle, cublasMath_t mode)}. */
  public void cublasSetMathMode(MemorySegment handle, int mode) {
    call(cublasSetMathMode, f -> (int) f.invokeExact(handle, mode));
  }

  /**
   * C: {@code cublasStatus_t cublasSetAtomicsMode(cublasHandle_t handle, cublasAtomicsMode_t
   * mode)}.
   */
  public void cublasSetAtomicsMode(MemorySegment handle, int mode) {
    call(cublasSetAtomicsMode, f -> (int) f.invokeExact(handle, mode));
  }

  /**
   * C: {@code cublasStatus_t cublasSgemm_v2(cublasHandle_t handle, cublasOperation_t transa,
   * cublasOperation_t transb, int m, int n, int k, const float *alpha, const float *A, int lda,
   * const float *B, int ldb, const float *beta, float *C, int ldc)}.
   */
  public void cublasSgemm_v2(
      MemorySegment handle,
      int transa,
      int transb,
      int m,
      int n,
      int k,
      MemorySegment alpha,
      MemorySegment A,
      int lda,
      MemorySegment B,
      int ldb,
      MemorySegment beta,
      MemorySegment C,
      int ldc) {
    call(
        cublasSgemm_v2,
        f ->
            (int)
                f.invokeExact(
                    handle, transa, transb, m, n, k, alpha, A, lda, B, ldb, beta, C, ldc));
  }

  /**
   * C: {@code cublasStatus_t cublasGemmEx(cublasHandle_t handle, cublasOperation_t transa,
   * cublasOperation_t transb, int m, int n, int k, const void *alpha, const void *A, cudaDataType
   * Atype, int lda, const void *B, cudaDataType Btype, int ldb, const void *beta, void *C,
   * cudaDataType Ctype, int ldc, cublasComputeType_t computeType, cublasGemmAlgo_t algo)}.
   */
  public void cublasGemmEx(
      MemorySegment handle,
      int transa,
      int transb,
      int m,
      int n,
      int k,
      MemorySegment alpha,
      MemorySegment A,
      int Atype,
      int lda,
      MemorySegment B,
      int Btype,
      int ldb,
      MemorySegment beta,
      MemorySegment C,
      int Ctype,
      int ldc,
      int computeType,
      int algo) {
    call(
        cublasGemmEx,
        f ->
            (int)
                f.invokeExact(
                    handle,
                    transa,
                    transb,
                    m,
                    n,
                    k,
                    alpha,
                    A,
                    Atype,
                    lda,
                    B,
                    Btype,
                    ldb,
                    beta,
                    C,
                    Ctype,
                    ldc,
                    computeType,
                    algo));
  }
}
