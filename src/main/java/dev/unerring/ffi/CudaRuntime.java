// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The CUDA runtime (libcudart): memory, streams, events, graphs. Method names are the C names, and
 * an out-parameter is the value that is returned. Sizes in bytes. Errors are {@link
 * NativeCallException}. A handle or address that is returned has to be given back by the caller:
 * see {@link NativeHandle}.
 */
public final class CudaRuntime extends BoundLibrary {
  public static final int cudaMemcpyHostToDevice = 1;
  public static final int cudaMemcpyDeviceToHost = 2;
  public static final int cudaMemcpyDeviceToDevice = 3;
  public static final int cudaStreamNonBlocking = 1;
  public static final int cudaEventDisableTiming = 2;
  public static final int cudaHostAllocDefault = 0;
  public static final int cudaStreamCaptureModeThreadLocal = 1;
  public static final int cudaErrorMemoryAllocation = 2;
  public static final int cudaErrorInitializationError = 3;
  public static final int cudaErrorStubLibrary = 34;
  public static final int cudaErrorInsufficientDriver = 35;
  public static final int cudaErrorCallRequiresNewerDriver = 36;
  public static final int cudaErrorDevicesUnavailable = 46;
  public static final int cudaErrorNoDevice = 100;
  public static final int cudaErrorInvalidDevice = 101;
  public static final int cudaErrorInvalidKernelImage = 200;
  public static final int cudaErrorNoKernelImageForDevice = 209;
  public static final int cudaErrorECCUncorrectable = 214;
  public static final int cudaErrorNvlinkUncorrectable = 220;
  public static final int cudaErrorUnsupportedPtxVersion = 222;
  public static final int cudaErrorIllegalAddress = 700;
  public static final int cudaErrorLaunchTimeout = 702;
  public static final int cudaErrorMisalignedAddress = 716;
  public static final int cudaErrorInvalidAddressSpace = 717;
  public static final int cudaErrorInvalidPc = 718;
  public static final int cudaErrorLaunchFailure = 719;
  public static final int cudaErrorNotPermitted = 800;
  public static final int cudaErrorSystemNotReady = 802;
  public static final int cudaErrorSystemDriverMismatch = 803;
  public static final int cudaErrorCompatNotSupportedOnDevice = 804;
  public static final int cudaErrorUnknown = 999;

  private static final int NAME = 64;

  private final Function cudaRuntimeGetVersion = bind("cudaRuntimeGetVersion", P);
  private final Function cudaGetDeviceCount = bind("cudaGetDeviceCount", P);
  private final Function cudaSetDevice = bind("cudaSetDevice", I);
  private final Function cudaMemGetInfo = bind("cudaMemGetInfo", P, P);
  private final Function cudaMalloc = bind("cudaMalloc", P, L);
  private final Function cudaFree = bind("cudaFree", P);
  private final Function cudaHostAlloc = bind("cudaHostAlloc", P, L, I);
  private final Function cudaFreeHost = bind("cudaFreeHost", P);
  private final Function cudaMemcpyAsync = bind("cudaMemcpyAsync", P, P, L, I, P);
  private final Function cudaMemsetAsync = bind("cudaMemsetAsync", P, I, L, P);
  private final Function cudaStreamCreateWithFlags = bind("cudaStreamCreateWithFlags", P, I);
  private final Function cudaStreamDestroy = bind("cudaStreamDestroy", P);
  private final Function cudaStreamSynchronize = bind("cudaStreamSynchronize", P);
  private final Function cudaEventCreateWithFlags = bind("cudaEventCreateWithFlags", P, I);
  private final Function cudaEventRecord = bind("cudaEventRecord", P, P);
  private final Function cudaEventSynchronize = bind("cudaEventSynchronize", P);
  private final Function cudaEventDestroy = bind("cudaEventDestroy", P);
  private final Function cudaStreamBeginCapture = bind("cudaStreamBeginCapture", P, I);
  private final Function cudaStreamEndCapture = bind("cudaStreamEndCapture", P, P);
  private final Function cudaGraphInstantiateWithFlags =
      bind("cudaGraphInstantiateWithFlags", P, P, L);
  private final Function cudaGraphLaunch = bind("cudaGraphLaunch", P, P);
  private final Function cudaGraphExecDestroy = bind("cudaGraphExecDestroy", P);
  private final Function cudaGraphDestroy = bind("cudaGraphDestroy", P);
  private final Function cudaGetLastError = bind("cudaGetLastError");

  private final Function cudaGetErrorName = function("cudaGetErrorName", TEXT);
  private final Function cudaGetErrorString = function("cudaGetErrorString", TEXT);

  /** Free and total memory of the current device in bytes. */
  public record Memory(long free, long total) {}

  /** Binds libcudart of CUDA 12 or 13; a DeviceException for another one. */
  CudaRuntime(NativeLibrary library, String version) {
    super(library, version, 12, 13);
  }

  /** The version of CUDA, e.g. {@code 13.0}. */
  static String versionOf(NativeLibrary library) {
    return cudaVersion(intOf(library, "cudaRuntimeGetVersion"));
  }

  @Override
  String statusName(int status) {
    return textOf(cudaGetErrorName, status);
  }

  @Override
  String statusText(int status) {
    return textOf(cudaGetErrorString, status);
  }

  @Override
  Remedy remedy(int status) {
    return Remedy.cuda(status);
  }

  /** C: {@code cudaError_t cudaMemGetInfo(size_t *free, size_t *total)}. */
  public Memory cudaMemGetInfo() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(JAVA_LONG);
      MemorySegment total = arena.allocate(JAVA_LONG);
      call(cudaMemGetInfo, f -> (int) f.invokeExact(free, total));
      return new Memory(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
    }
  }

  /** C: {@code cudaError_t cudaHostAlloc(void **pHost, size_t size, unsigned int flags)}. */
  @SuppressWarnings("restricted")
  public MemorySegment cudaHostAlloc(long size, int flags) {
    return pointerFrom(cudaHostAlloc, (f, out) -> (int) f.invokeExact(out, size, flags))
        .reinterpret(size);
  }

  /** C: {@code cudaError_t cudaRuntimeGetVersion(int *runtimeVersion)}. */
  public int cudaRuntimeGetVersion() {
    return intFrom(cudaRuntimeGetVersion, (f, out) -> (int) f.invokeExact(out));
  }

  /** C: {@code cudaError_t cudaGetDeviceCount(int *count)}. */
  public int cudaGetDeviceCount() {
    return intFrom(cudaGetDeviceCount, (f, out) -> (int) f.invokeExact(out));
  }

  /** C: {@code cudaError_t cudaSetDevice(int device)}. */
  public void cudaSetDevice(int device) {
    call(cudaSetDevice, f -> (int) f.invokeExact(device));
  }

  /** C: {@code cudaError_t cudaMalloc(void **devPtr, size_t size)}. */
  public MemorySegment cudaMalloc(long size) {
    return pointerFrom(cudaMalloc, (f, out) -> (int) f.invokeExact(out, size));
  }

  /** C: {@code cudaError_t cudaFree(void *devPtr)}. */
  public void cudaFree(MemorySegment devPtr) {
    call(cudaFree, f -> (int) f.invokeExact(devPtr));
  }

  /** C: {@code cudaError_t cudaFreeHost(void *ptr)}. */
  public void cudaFreeHost(MemorySegment ptr) {
    call(cudaFreeHost, f -> (int) f.invokeExact(ptr));
  }

  /**
   * C: {@code cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t count, enum
   * cudaMemcpyKind kind, cudaStream_t stream)}.
   */
  public void cudaMemcpyAsync(
      MemorySegment dst, MemorySegment src, long count, int kind, MemorySegment stream) {
    call(cudaMemcpyAsync, f -> (int) f.invokeExact(dst, src, count, kind, stream));
  }

  /**
   * C: {@code cudaError_t cudaMemsetAsync(void *devPtr, int value, size_t count, cudaStream_t
   * stream)}.
   */
  public void cudaMemsetAsync(MemorySegment devPtr, int value, long count, MemorySegment stream) {
    call(cudaMemsetAsync, f -> (int) f.invokeExact(devPtr, value, count, stream));
  }

  /**
   * C: {@code cudaError_t cudaStreamCreateWithFlags(cudaStream_t *pStream, unsigned int flags)}.
   */
  public MemorySegment cudaStreamCreateWithFlags(int flags) {
    return pointerFrom(cudaStreamCreateWithFlags, (f, out) -> (int) f.invokeExact(out, flags));
  }

  /** C: {@code cudaError_t cudaStreamDestroy(cudaStream_t stream)}. */
  public void cudaStreamDestroy(MemorySegment stream) {
    call(cudaStreamDestroy, f -> (int) f.invokeExact(stream));
  }

  /** C: {@code cudaError_t cudaStreamSynchronize(cudaStream_t stream)}. */
  public void cudaStreamSynchronize(MemorySegment stream) {
    call(cudaStreamSynchronize, f -> (int) f.invokeExact(stream));
  }

  /** C: {@code cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned int flags)}. */
  public MemorySegment cudaEventCreateWithFlags(int flags) {
    return pointerFrom(cudaEventCreateWithFlags, (f, out) -> (int) f.invokeExact(out, flags));
  }

  /** C: {@code cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)}. */
  public void cudaEventRecord(MemorySegment event, MemorySegment stream) {
    call(cudaEventRecord, f -> (int) f.invokeExact(event, stream));
  }

  /** C: {@code cudaError_t cudaEventSynchronize(cudaEvent_t event)}. */
  public void cudaEventSynchronize(MemorySegment event) {
    call(cudaEventSynchronize, f -> (int) f.invokeExact(event));
  }

  /** C: {@code cudaError_t cudaEventDestroy(cudaEvent_t event)}. */
  public void cudaEventDestroy(MemorySegment event) {
    call(cudaEventDestroy, f -> (int) f.invokeExact(event));
  }

  /**
   * C: {@code cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode
   * mode)}.
   */
  public void cudaStreamBeginCapture(MemorySegment stream, int mode) {
    call(cudaStreamBeginCapture, f -> (int) f.invokeExact(stream, mode));
  }

  /** C: {@code cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *pGraph)}. */
  public MemorySegment cudaStreamEndCapture(MemorySegment stream) {
    return pointerFrom(cudaStreamEndCapture, (f, out) -> (int) f.invokeExact(stream, out));
  }

  /**
   * C: {@code cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *pGraphExec, cudaGraph_t
   * graph, unsigned long long flags)}.
   */
  public MemorySegment cudaGraphInstantiateWithFlags(MemorySegment graph, long flags) {
    return pointerFrom(
        cudaGraphInstantiateWithFlags, (f, out) -> (int) f.invokeExact(out, graph, flags));
  }

  /** C: {@code cudaError_t cudaGraphLaunch(cudaGraphExec_t graphExec, cudaStream_t stream)}. */
  public void cudaGraphLaunch(MemorySegment graphExec, MemorySegment stream) {
    call(cudaGraphLaunch, f -> (int) f.invokeExact(graphExec, stream));
  }

  /** C: {@code cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graphExec)}. */
  public void cudaGraphExecDestroy(MemorySegment graphExec) {
    call(cudaGraphExecDestroy, f -> (int) f.invokeExact(graphExec));
  }

  /** C: {@code cudaError_t cudaGraphDestroy(cudaGraph_t graph)}. */
  public void cudaGraphDestroy(MemorySegment graph) {
    call(cudaGraphDestroy, f -> (int) f.invokeExact(graph));
  }

  /** C: {@code cudaError_t cudaGetLastError()}. */
  public void cudaGetLastError() {
    call(cudaGetLastError, f -> (int) f.invokeExact());
  }
}
