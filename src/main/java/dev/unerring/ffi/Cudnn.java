// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;

/**
 * cuDNN 9: convolutions on descriptors of tensors. Method names are the C names, and an
 * out-parameter is the value that is returned; sizes in bytes, scaling factors alpha and beta as
 * pointers to one {@code float} on the host. A handle belongs to one thread. Errors are {@link
 * NativeCallException}, which name the cause that the library gives for the last one.
 */
public final class Cudnn extends BoundLibrary {
  public static final int CUDNN_STATUS_NOT_INITIALIZED = 1001;
  public static final int CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH = 1002;
  public static final int CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED = 1008;
  public static final int CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER = 3005;
  public static final int CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDART = 3006;
  public static final int CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH = 3007;
  public static final int CUDNN_STATUS_NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING = 3008;
  public static final int CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE = 3009;
  public static final int CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED = 4003;
  public static final int CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED = 4004;
  public static final int CUDNN_DATA_FLOAT = 0;
  public static final int CUDNN_DATA_BFLOAT16 = 9;
  public static final int CUDNN_TENSOR_NHWC = 1;
  public static final int CUDNN_CROSS_CORRELATION = 1;
  public static final int CUDNN_TENSOR_OP_MATH = 1;
  public static final int CUDNN_FMA_MATH = 3;
  public static final int CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM = 1;
  public static final int CUDNN_CONVOLUTION_BWD_DATA_ALGO_0 = 0;
  public static final int CUDNN_CONVOLUTION_BWD_DATA_ALGO_1 = 1;
  public static final int CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0 = 0;
  public static final int CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1 = 1;

  private static final long MESSAGE = 4096;

  private final Function cudnnCreate = bind("cudnnCreate", P);
  private final Function cudnnDestroy = bind("cudnnDestroy", P);
  private final Function cudnnSetStream = bind("cudnnSetStream", P, P);
  private final Function cudnnCreateTensorDescriptor = bind("cudnnCreateTensorDescriptor", P);
  private final Function cudnnSetTensorNdDescriptorEx =
      bind("cudnnSetTensorNdDescriptorEx", P, I, I, I, P);
  private final Function cudnnDestroyTensorDescriptor = bind("cudnnDestroyTensorDescriptor", P);
  private final Function cudnnCreateFilterDescriptor = bind("cudnnCreateFilterDescriptor", P);
  private final Function cudnnSetFilterNdDescriptor =
      bind("cudnnSetFilterNdDescriptor", P, I, I, I, P);
  private final Function cudnnDestroyFilterDescriptor = bind("cudnnDestroyFilterDescriptor", P);
  private final Function cudnnCreateConvolutionDescriptor =
      bind("cudnnCreateConvolutionDescriptor", P);
  private final Function cudnnSetConvolutionNdDescriptor =
      bind("cudnnSetConvolutionNdDescriptor", P, I, P, P, P, I, I);
  private final Function cudnnSetConvolutionMathType = bind("cudnnSetConvolutionMathType", P, I);
  private final Function cudnnDestroyConvolutionDescriptor =
      bind("cudnnDestroyConvolutionDescriptor", P);
  private final Function cudnnGetConvolutionForwardWorkspaceSize =
      bind("cudnnGetConvolutionForwardWorkspaceSize", P, P, P, P, P, I, P);
  private final Function cudnnConvolutionForward =
      bind("cudnnConvolutionForward", P, P, P, P, P, P, P, I, P, L, P, P, P);
  private final Function cudnnGetConvolutionBackwardDataWorkspaceSize =
      bind("cudnnGetConvolutionBackwardDataWorkspaceSize", P, P, P, P, P, I, P);
  private final Function cudnnConvolutionBackwardData =
      bind("cudnnConvolutionBackwardData", P, P, P, P, P, P, P, I, P, L, P, P, P);
  private final Function cudnnGetConvolutionBackwardFilterWorkspaceSize =
      bind("cudnnGetConvolutionBackwardFilterWorkspaceSize", P, P, P, P, P, I, P);
  private final Function cudnnConvolutionBackwardFilter =
      bind("cudnnConvolutionBackwardFilter", P, P, P, P, P, P, P, I, P, L, P, P, P);
  private final Function cudnnAddTensor = bind("cudnnAddTensor", P, P, P, P, P, P, P);

  private final Function cudnnGetVersion = function("cudnnGetVersion", SIZE);
  private final Function cudnnGetCudartVersion = function("cudnnGetCudartVersion", SIZE);
  private final Function cudnnGetErrorString = function("cudnnGetErrorString", TEXT);
  private final Function cudnnGetLastErrorString =
      function("cudnnGetLastErrorString", FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));

  /** Binds libcudnn 9; a DeviceException for another one. */
  Cudnn(NativeLibrary library, String version) {
    super(library, version, 9, 9);
  }

  /** The version of cuDNN, e.g. {@code 9.24.0}. */
  static String versionOf(NativeLibrary library) {
    return dotted(sizeOf(library, "cudnnGetVersion"));
  }

  /** C: {@code size_t cudnnGetVersion(void)}; 92400 is 9.24.0. */
  public long cudnnGetVersion() {
    return size(cudnnGetVersion);
  }

  /**
   * C: {@code size_t cudnnGetCudartVersion(void)}; the CUDA that it was built with, 13000 is 13.0.
   */
  public long cudnnGetCudartVersion() {
    return size(cudnnGetCudartVersion);
  }

  /** C: {@code void cudnnGetLastErrorString(char *message, size_t max_size)}; of this thread. */
  public String cudnnGetLastErrorString() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(MESSAGE);
      cudnnGetLastErrorString.handle().invokeExact(text, MESSAGE);
      return text.getString(0).strip();
    } catch (Throwable e) {
      throw unexpected("cudnnGetLastErrorString", e);
    }
  }

  @Override
  String statusName(int status) {
    return textOf(cudnnGetErrorString, status);
  }

  @Override
  String statusText(int status) {
    String cause = cudnnGetLastErrorString();
    return cause.isEmpty() ? statusName(status) : cause;
  }

  @Override
  Remedy remedy(int status) {
    return Remedy.cudnn(status);
  }

  /** C: {@code cudnnStatus_t cudnnCreate(cudnnHandle_t *handle)}. */
  public MemorySegment cudnnCreate() {
    return pointerFrom(cudnnCreate, (f, out) -> (int) f.invokeExact(out));
  }

  /** C: {@code cudnnStatus_t cudnnDestroy(cudnnHandle_t handle)}. */
  public void cudnnDestroy(MemorySegment handle) {
    call(cudnnDestroy, f -> (int) f.invokeExact(handle));
  }

  /** C: {@code cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t streamId)}. */
  public void cudnnSetStream(MemorySegment handle, MemorySegment streamId) {
    call(cudnnSetStream, f -> (int) f.invokeExact(handle, streamId));
  }

  /** C: {@code cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t *tensorDesc)}. */
  public MemorySegment cudnnCreateTensorDescriptor() {
    return pointerFrom(cudnnCreateTensorDescriptor, (f, out) -> (int) f.invokeExact(out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSetTensorNdDescriptorEx(cudnnTensorDescriptor_t tensorDesc,
   * cudnnTensorFormat_t format, cudnnDataType_t dataType, int nbDims, const int dimA[])}.
   */
  public void cudnnSetTensorNdDescriptorEx(
      MemorySegment tensorDesc, int format, int dataType, int nbDims, MemorySegment dimA) {
    call(
        cudnnSetTensorNdDescriptorEx,
        f -> (int) f.invokeExact(tensorDesc, format, dataType, nbDims, dimA));
  }

  /** C: {@code cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensorDesc)}. */
  public void cudnnDestroyTensorDescriptor(MemorySegment tensorDesc) {
    call(cudnnDestroyTensorDescriptor, f -> (int) f.invokeExact(tensorDesc));
  }

  /** C: {@code cudnnStatus_t cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t *filterDesc)}. */
  public MemorySegment cudnnCreateFilterDescriptor() {
    return pointerFrom(cudnnCreateFilterDescriptor, (f, out) -> (int) f.invokeExact(out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSetFilterNdDescriptor(cudnnFilterDescriptor_t filterDesc,
   * cudnnDataType_t dataType, cudnnTensorFormat_t format, int nbDims, const int filterDimA[])}.
   */
  public void cudnnSetFilterNdDescriptor(
      MemorySegment filterDesc, int dataType, int format, int nbDims, MemorySegment filterDimA) {
    call(
        cudnnSetFilterNdDescriptor,
        f -> (int) f.invokeExact(filterDesc, dataType, format, nbDims, filterDimA));
  }

  /** C: {@code cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t filterDesc)}. */
  public void cudnnDestroyFilterDescriptor(MemorySegment filterDesc) {
    call(cudnnDestroyFilterDescriptor, f -> (int) f.invokeExact(filterDesc));
  }

  /**
   * C: {@code cudnnStatus_t cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t
   * *convDesc)}.
   */
  public MemorySegment cudnnCreateConvolutionDescriptor() {
    return pointerFrom(cudnnCreateConvolutionDescriptor, (f, out) -> (int) f.invokeExact(out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSetConvolutionNdDescriptor(cudnnConvolutionDescriptor_t convDesc,
   * int arrayLength, const int padA[], const int filterStrideA[], const int dilationA[],
   * cudnnConvolutionMode_t mode, cudnnDataType_t computeType)}.
   */
  public void cudnnSetConvolutionNdDescriptor(
      MemorySegment convDesc,
      int arrayLength,
      MemorySegment padA,
      MemorySegment filterStrideA,
      MemorySegment dilationA,
      int mode,
      int computeType) {
    call(
        cudnnSetConvolutionNdDescriptor,
        f ->
            (int)
                f.invokeExact(
                    convDesc, arrayLength, padA, filterStrideA, dilationA, mode, computeType));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t convDesc,
   * cudnnMathType_t mathType)}.
   */
  public void cudnnSetConvolutionMathType(MemorySegment convDesc, int mathType) {
    call(cudnnSetConvolutionMathType, f -> (int) f.invokeExact(convDesc, mathType));
  }

  /**
   * C: {@code cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t
   * convDesc)}.
   */
  public void cudnnDestroyConvolutionDescriptor(MemorySegment convDesc) {
    call(cudnnDestroyConvolutionDescriptor, f -> (int) f.invokeExact(convDesc));
  }

  /**
   * C: {@code cudnnStatus_t cudnnGetConvolutionForwardWorkspaceSize(cudnnHandle_t handle, const
   * cudnnTensorDescriptor_t xDesc, const cudnnFilterDescriptor_t wDesc, const
   * cudnnConvolutionDescriptor_t convDesc, const cudnnTensorDescriptor_t yDesc,
   * cudnnConvolutionFwdAlgo_t algo, size_t *sizeInBytes)}.
   */
  public long cudnnGetConvolutionForwardWorkspaceSize(
      MemorySegment handle,
      MemorySegment xDesc,
      MemorySegment wDesc,
      MemorySegment convDesc,
      MemorySegment yDesc,
      int algo) {
    return longFrom(
        cudnnGetConvolutionForwardWorkspaceSize,
        (f, out) -> (int) f.invokeExact(handle, xDesc, wDesc, convDesc, yDesc, algo, out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void *alpha, const
   * cudnnTensorDescriptor_t xDesc, const void *x, const cudnnFilterDescriptor_t wDesc, const void
   * *w, const cudnnConvolutionDescriptor_t convDesc, cudnnConvolutionFwdAlgo_t algo, void
   * *workSpace, size_t workSpaceSizeInBytes, const void *beta, const cudnnTensorDescriptor_t yDesc,
   * void *y)}.
   */
  public void cudnnConvolutionForward(
      MemorySegment handle,
      MemorySegment alpha,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment wDesc,
      MemorySegment w,
      MemorySegment convDesc,
      int algo,
      MemorySegment workSpace,
      long workSpaceSizeInBytes,
      MemorySegment beta,
      MemorySegment yDesc,
      MemorySegment y) {
    call(
        cudnnConvolutionForward,
        f ->
            (int)
                f.invokeExact(
                    handle,
                    alpha,
                    xDesc,
                    x,
                    wDesc,
                    w,
                    convDesc,
                    algo,
                    workSpace,
                    workSpaceSizeInBytes,
                    beta,
                    yDesc,
                    y));
  }

  /**
   * C: {@code cudnnStatus_t cudnnGetConvolutionBackwardDataWorkspaceSize(cudnnHandle_t handle,
   * const cudnnFilterDescriptor_t wDesc, const cudnnTensorDescriptor_t dyDesc, const
   * cudnnConvolutionDescriptor_t convDesc, const cudnnTensorDescriptor_t dxDesc,
   * cudnnConvolutionBwdDataAlgo_t algo, size_t *sizeInBytes)}.
   */
  public long cudnnGetConvolutionBackwardDataWorkspaceSize(
      MemorySegment handle,
      MemorySegment wDesc,
      MemorySegment dyDesc,
      MemorySegment convDesc,
      MemorySegment dxDesc,
      int algo) {
    return longFrom(
        cudnnGetConvolutionBackwardDataWorkspaceSize,
        (f, out) -> (int) f.invokeExact(handle, wDesc, dyDesc, convDesc, dxDesc, algo, out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t handle, const void *alpha,
   * const cudnnFilterDescriptor_t wDesc, const void *w, const cudnnTensorDescriptor_t dyDesc, const
   * void *dy, const cudnnConvolutionDescriptor_t convDesc, cudnnConvolutionBwdDataAlgo_t algo, void
   * *workSpace, size_t workSpaceSizeInBytes, const void *beta, const cudnnTensorDescriptor_t
   * dxDesc, void *dx)}.
   */
  public void cudnnConvolutionBackwardData(
      MemorySegment handle,
      MemorySegment alpha,
      MemorySegment wDesc,
      MemorySegment w,
      MemorySegment dyDesc,
      MemorySegment dy,
      MemorySegment convDesc,
      int algo,
      MemorySegment workSpace,
      long workSpaceSizeInBytes,
      MemorySegment beta,
      MemorySegment dxDesc,
      MemorySegment dx) {
    call(
        cudnnConvolutionBackwardData,
        f ->
            (int)
                f.invokeExact(
                    handle,
                    alpha,
                    wDesc,
                    w,
                    dyDesc,
                    dy,
                    convDesc,
                    algo,
                    workSpace,
                    workSpaceSizeInBytes,
                    beta,
                    dxDesc,
                    dx));
  }

  /**
   * C: {@code cudnnStatus_t cudnnGetConvolutionBackwardFilterWorkspaceSize(cudnnHandle_t handle,
   * const cudnnTensorDescriptor_t xDesc, const cudnnTensorDescriptor_t dyDesc, const
   * cudnnConvolutionDescriptor_t convDesc, const cudnnFilterDescriptor_t gradDesc,
   * cudnnConvolutionBwdFilterAlgo_t algo, size_t *sizeInBytes)}.
   */
  public long cudnnGetConvolutionBackwardFilterWorkspaceSize(
      MemorySegment handle,
      MemorySegment xDesc,
      MemorySegment dyDesc,
      MemorySegment convDesc,
      MemorySegment gradDesc,
      int algo) {
    return longFrom(
        cudnnGetConvolutionBackwardFilterWorkspaceSize,
        (f, out) -> (int) f.invokeExact(handle, xDesc, dyDesc, convDesc, gradDesc, algo, out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t handle, const void *alpha,
   * const cudnnTensorDescriptor_t xDesc, const void *x, const cudnnTensorDescriptor_t dyDesc, const
   * void *dy, const cudnnConvolutionDescriptor_t convDesc, cudnnConvolutionBwdFilterAlgo_t algo,
   * void *workSpace, size_t workSpaceSizeInBytes, const void *beta, const cudnnFilterDescriptor_t
   * dwDesc, void *dw)}.
   */
  public void cudnnConvolutionBackwardFilter(
      MemorySegment handle,
      MemorySegment alpha,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment dyDesc,
      MemorySegment dy,
      MemorySegment convDesc,
      int algo,
      MemorySegment workSpace,
      long workSpaceSizeInBytes,
      MemorySegment beta,
      MemorySegment dwDesc,
      MemorySegment dw) {
    call(
        cudnnConvolutionBackwardFilter,
        f ->
            (int)
                f.invokeExact(
                    handle,
                    alpha,
                    xDesc,
                    x,
                    dyDesc,
                    dy,
                    convDesc,
                    algo,
                    workSpace,
                    workSpaceSizeInBytes,
                    beta,
                    dwDesc,
                    dw));
  }

  /**
   * C: {@code cudnnStatus_t cudnnAddTensor(cudnnHandle_t handle, const void *alpha, const
   * cudnnTensorDescriptor_t aDesc, const void *A, const void *beta, const cudnnTensorDescriptor_t
   * cDesc, void *C)}.
   */
  public void cudnnAddTensor(
      MemorySegment handle,
      MemorySegment alpha,
      MemorySegment aDesc,
      MemorySegment A,
      MemorySegment beta,
      MemorySegment cDesc,
      MemorySegment C) {
    call(cudnnAddTensor, f -> (int) f.invokeExact(handle, alpha, aDesc, A, beta, cDesc, C));
  }
}
