// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.unerring.backend.Arithmetic;
import dev.unerring.ffi.Cublas;
import dev.unerring.ffi.NativeHandle;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Linear layers by cuBLAS: one stream, one workspace, no atomics. cuBLAS counts columns first, so a
 * matrix [rows][columns] here is one of columns x rows there.
 */
final class CublasProducts {
  /** What cuBLAS recommends for the largest GPUs. */
  private static final long WORKSPACE = 32L << 20;

  private final Kernels kernels;
  private final Arithmetic arithmetic;
  private final Cublas cublas;
  private final MemorySegment handle;
  private final MemorySegment one;
  private final MemorySegment zero;
  private final Scratch left;
  private final Scratch right;

  CublasProducts(Gpu gpu, Kernels kernels, Arithmetic arithmetic) {
    this.kernels = kernels;
    this.arithmetic = arithmetic;
    cublas = gpu.libraries().cublas().orElseThrow();
    Arena arena = Arena.ofAuto();
    one = arena.allocateFrom(JAVA_FLOAT, 1);
    zero = arena.allocateFrom(JAVA_FLOAT, 0);
    MemorySegment workspace = gpu.own(gpu.memory(WORKSPACE)).address();
    handle =
        gpu.own(new NativeHandle(cublas.cublasCreate_v2(), cublas::cublasDestroy_v2)).address();
    cublas.cublasSetStream_v2(handle, gpu.stream());
    cublas.cublasSetWorkspace_v2(handle, workspace, WORKSPACE);
    cublas.cublasSetAtomicsMode(handle, Cublas.CUBLAS_ATOMICS_NOT_ALLOWED);
    cublas.cublasSetMathMode(
        handle,
        arithmetic == Arithmetic.CUDNN_FP32
            ? Cublas.CUBLAS_PEDANTIC_MATH
            : Cublas.CUBLAS_TF32_TENSOR_OP_MATH);
    left = new Scratch(gpu);
    right = new Scratch(gpu);
  }

  /** The version of cuBLAS. */
  String version() {
    return cublas.version();
  }

  /** y [n][out] = x [n][in] * weight [in][out] + bias. */
  void forward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    int in = x.shape().imageElements();
    int out = y.shape().imageElements();
    int n = x.shape().n();
    multiply(false, false, out, n, in, weight, x.data(), y.data());
    Shape vectors = Shape.vectors(n, out);
    kernels.of("unpack_float").at(y).at(bias).at(y).number(out);
    kernels.launchByChannel(vectors);
  }

  /** gradX [n][in] = gradY [n][out] * weight^T. */
  void backwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    int in = gradX.shape().imageElements();
    int out = gradY.shape().imageElements();
    multiply(true, false, in, gradX.shape().n(), out, weight, gradY.data(), gradX.data());
  }

  /** gradWeight [in][out] = x^T * gradY. */
  void backwardWeight(Tensor x, Tensor gradY, Buffer gradWeight) {
    int in = x.shape().imageElements();
    int out = gradY.shape().imageElements();
    multiply(false, true, out, in, x.shape().n(), gradY.data(), x.data(), gradWeight);
  }

  /** c (m x n) = a (m x k) * b (k x n), column by column, each turned where said. */
  private void multiply(
      boolean turnA, boolean turnB, int m, int n, int k, Buffer a, Buffer b, Buffer c) {
    int opA = turnA ? Cublas.CUBLAS_OP_T : Cublas.CUBLAS_OP_N;
    int opB = turnB ? Cublas.CUBLAS_OP_T : Cublas.CUBLAS_OP_N;
    int lda = turnA ? k : m;
    int ldb = turnB ? n : k;
    MemorySegment to = c.memory();
    if (arithmetic != Arithmetic.CUDNN_BF16) {
      cublas.cublasSgemm_v2(
          handle, opA, opB, m, n, k, one, a.memory(), lda, b.memory(), ldb, zero, to, m);
      return;
    }
    MemorySegment halvesA = halves(a, (long) m * k, left);
    MemorySegment halvesB = halves(b, (long) k * n, right);
    cublas.cublasGemmEx(
        handle,
        opA,
        opB,
        m,
        n,
        k,
        one,
        halvesA,
        Cublas.CUDA_R_16BF,
        lda,
        halvesB,
        Cublas.CUDA_R_16BF,
        ldb,
        zero,
        to,
        Cublas.CUDA_R_32F,
        m,
        Cublas.CUBLAS_COMPUTE_32F,
        Cublas.CUBLAS_GEMM_DEFAULT);
  }

  private MemorySegment halves(Buffer values, long elements, Scratch scratch) {
    MemorySegment to = scratch.words(elements);
    kernels.of("pack_bfloat").at(values).at(to).number(1).number(1).count(elements);
    kernels.launch(elements);
    return to;
  }
}
