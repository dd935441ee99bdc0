// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.unerring.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A small computation on the first GPU that passes through every part which a backend needs:
 * memory, a stream, an event, a captured graph, cuBLAS and cuDNN. It adds a matrix of small
 * integers to a product of such matrices, so the right result is known exactly. Without cuBLAS and
 * cuDNN (null) the graph clears memory, and the matrix is copied.
 */
record CudaTrial(CudaRuntime runtime, Cublas cublas, Cudnn cudnn) {
  private static final int SIDE = 16;
  private static final long BYTES = 4L * SIDE * SIDE;
  private static final long WORKSPACE = 4L << 20;

  /**
   * Computes, and frees everything.
   *
   * @throws NativeCallException where a call fails
   * @throws DeviceException where the result is wrong
   */
  void run() {
    runtime.cudaGetDeviceCount();
    runtime.cudaSetDevice(0);
    try (Arena arena = Arena.ofConfined();
        NativeHandle stream =
            new NativeHandle(
                runtime.cudaStreamCreateWithFlags(CudaRuntime.cudaStreamNonBlocking),
                runtime::cudaStreamDestroy);
        NativeHandle a = memory(BYTES);
        NativeHandle b = memory(BYTES);
        NativeHandle c = memory(BYTES)) {
      MemorySegment left = matrix(arena, 3, 5);
      MemorySegment right = matrix(arena, 7, 2);
      upload(left, a, stream);
      upload(right, b, stream);
      if (cublas == null) {
        copy(stream, a, c);
      } else {
        product(arena, stream, a, b, c);
        add(arena, stream, a, c);
      }
      MemorySegment result = arena.allocate(BYTES);
      runtime.cudaMemcpyAsync(
          result, c.address(), BYTES, CudaRuntime.cudaMemcpyDeviceToHost, stream.address());
      runtime.cudaStreamSynchronize(stream.address());
      compare(left, cublas == null ? null : right, result);
    }
  }

  /** C = 0, launched as a graph; then C = A. */
  private void copy(NativeHandle stream, NativeHandle a, NativeHandle c) {
    runtime.cudaStreamBeginCapture(stream.address(), CudaRuntime.cudaStreamCaptureModeThreadLocal);
    runtime.cudaMemsetAsync(c.address(), 0, BYTES, stream.address());
    launch(stream);
    runtime.cudaMemcpyAsync(
        c.address(), a.address(), BYTES, CudaRuntime.cudaMemcpyDeviceToDevice, stream.address());
  }

  /** Ends what the stream records, carries it out and waits for it. */
  private void launch(NativeHandle stream) {
    try (NativeHandle graph =
            new NativeHandle(
                runtime.cudaStreamEndCapture(stream.address()), runtime::cudaGraphDestroy);
        NativeHandle executable =
            new NativeHandle(
                runtime.cudaGraphInstantiateWithFlags(graph.address(), 0),
                runtime::cudaGraphExecDestroy)) {
      runtime.cudaGraphLaunch(executable.address(), stream.address());
      runtime.cudaStreamSynchronize(stream.address());
    }
  }

  /** C = A * B, launched as a graph. */
  private void product(
      Arena arena, NativeHandle stream, NativeHandle a, NativeHandle b, NativeHandle c) {
    try (NativeHandle workspace = memory(WORKSPACE);
        NativeHandle handle = new NativeHandle(cublas.cublasCreate_v2(), cublas::cublasDestroy_v2);
        NativeHandle done =
            new NativeHandle(
                runtime.cudaEventCreateWithFlags(CudaRuntime.cudaEventDisableTiming),
                runtime::cudaEventDestroy)) {
      cublas.cublasSetStream_v2(handle.address(), stream.address());
      cublas.cublasSetWorkspace_v2(handle.address(), workspace.address(), WORKSPACE);
      cublas.cublasSetAtomicsMode(handle.address(), Cublas.CUBLAS_ATOMICS_NOT_ALLOWED);
      cublas.cublasSetMathMode(handle.address(), Cublas.CUBLAS_PEDANTIC_MATH);
      runtime.cudaStreamBeginCapture(
          stream.address(), CudaRuntime.cudaStreamCaptureModeThreadLocal);
      runtime.cudaMemsetAsync(c.address(), 0, BYTES, stream.address());
      cublas.cublasSgemm_v2(
          handle.address(),
          Cublas.CUBLAS_OP_N,
          Cublas.CUBLAS_OP_N,
          SIDE,
          SIDE,
          SIDE,
          arena.allocateFrom(JAVA_FLOAT, 1),
          a.address(),
          SIDE,
          b.address(),
          SIDE,
          arena.allocateFrom(JAVA_FLOAT, 0),
          c.address(),
          SIDE);
      try (NativeHandle graph =
              new NativeHandle(
                  runtime.cudaStreamEndCapture(stream.address()), runtime::cudaGraphDestroy);
          NativeHandle executable =
              new NativeHandle(
                  runtime.cudaGraphInstantiateWithFlags(graph.address(), 0),
                  runtime::cudaGraphExecDestroy)) {
        runtime.cudaGraphLaunch(executable.address(), stream.address());
        runtime.cudaEventRecord(done.address(), stream.address());
        runtime.cudaEventSynchronize(done.address());
      }
    }
  }

  /** C = A + C. */
  private void add(Arena arena, NativeHandle stream, NativeHandle a, NativeHandle c) {
    try (NativeHandle handle = new NativeHandle(cudnn.cudnnCreate(), cudnn::cudnnDestroy);
        NativeHandle tensor =
            new NativeHandle(
                cudnn.cudnnCreateTensorDescriptor(), cudnn::cudnnDestroyTensorDescriptor)) {
      cudnn.cudnnSetStream(handle.address(), stream.address());
      cudnn.cudnnSetTensorNdDescriptorEx(
          tensor.address(),
          Cudnn.CUDNN_TENSOR_NHWC,
          Cudnn.CUDNN_DATA_FLOAT,
          4,
          arena.allocateFrom(JAVA_INT, 1, SIDE, 1, SIDE));
      MemorySegment one = arena.allocateFrom(JAVA_FLOAT, 1);
      cudnn.cudnnAddTensor(
          handle.address(), one, tensor.address(), a.address(), one, tensor.address(), c.address());
      runtime.cudaStreamSynchronize(stream.address());
    }
  }

  private NativeHandle memory(long bytes) {
    return new NativeHandle(runtime.cudaMalloc(bytes), runtime::cudaFree);
  }

  private void upload(MemorySegment values, NativeHandle target, NativeHandle stream) {
    runtime.cudaMemcpyAsync(
        target.address(), values, BYTES, CudaRuntime.cudaMemcpyHostToDevice, stream.address());
  }

  /** Integers from -4 to 4, column by column. */
  private static MemorySegment matrix(Arena arena, int first, int second) {
    MemorySegment matrix = arena.allocate(BYTES);
    for (int i = 0; i < SIDE * SIDE; i++) {
      matrix.setAtIndex(JAVA_FLOAT, i, (first * i + second * (i / SIDE)) % 9 - 4);
    }
    return matrix;
  }

  private static void compare(MemorySegment a, MemorySegment b, MemorySegment result) {
    for (int i = 0; i < SIDE * SIDE; i++) {
      float expected = a.getAtIndex(JAVA_FLOAT, i);
      for (int k = 0; b != null && k < SIDE; k++) {
        expected +=
            a.getAtIndex(JAVA_FLOAT, k * SIDE + i % SIDE)
                * b.getAtIndex(JAVA_FLOAT, i / SIDE * SIDE + k);
      }
      if (result.getAtIndex(JAVA_FLOAT, i) != expected) {
        throw new DeviceException(
            (b == null ? "a copy" : "a product of matrices")
                + " is wrong: element "
                + i
                + " is "
                + result.getAtIndex(JAVA_FLOAT, i)
                + ", not "
                + expected);
      }
    }
  }
}
