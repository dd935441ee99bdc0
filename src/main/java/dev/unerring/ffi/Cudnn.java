// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;

/**
 * cuDNN 9: convolutions and their kin on descriptors of tensors, and the graph interface. Method
 * names are the C names, and an out-parameter is the value that is returned; sizes in bytes,
 * scaling factors alpha and beta as pointers to one {@code float} on the host. A handle belongs to
 * one thread. Errors are {@link NativeCallException}, which name the cause that the library gives
 * for the last one.
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
  public static final int CUDNN_TENSOR_NCHW = 0;
  public static final int CUDNN_TENSOR_NHWC = 1;
  public static final int CUDNN_CROSS_CORRELATION = 1;
  public static final int CUDNN_DEFAULT_MATH = 0;
  public static final int CUDNN_TENSOR_OP_MATH = 1;
  public static final int CUDNN_FMA_MATH = 3;
  public static final int CUDNN_NOT_PROPAGATE_NAN = 0;
  public static final int CUDNN_PROPAGATE_NAN = 1;
  public static final int CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM = 0;
  public static final int CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM = 1;
  public static final int CUDNN_CONVOLUTION_FWD_ALGO_GEMM = 2;
  public static final int CUDNN_CONVOLUTION_FWD_ALGO_FFT = 4;
  public static final int CUDNN_CONVOLUTION_FWD_ALGO_FFT_TILING = 5;
  public static final int CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD = 6;
  public static final int CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD_NONFUSED = 7;
  public static final int CUDNN_CONVOLUTION_BWD_DATA_ALGO_0 = 0;
  public static final int CUDNN_CONVOLUTION_BWD_DATA_ALGO_1 = 1;
  public static final int CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT = 2;
  public static final int CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT_TILING = 3;
  public static final int CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD = 4;
  public static final int CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD_NONFUSED = 5;
  public static final int CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0 = 0;
  public static final int CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1 = 1;
  public static final int CUDNN_CONVOLUTION_BWD_FILTER_ALGO_FFT = 2;
  public static final int CUDNN_CONVOLUTION_BWD_FILTER_ALGO_3 = 3;
  public static final int CUDNN_CONVOLUTION_BWD_FILTER_ALGO_WINOGRAD_NONFUSED = 5;
  public static final int CUDNN_CONVOLUTION_BWD_FILTER_ALGO_FFT_TILING = 6;
  public static final int CUDNN_POOLING_MAX = 0;
  public static final int CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING = 1;
  public static final int CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING = 2;
  public static final int CUDNN_POOLING_MAX_DETERMINISTIC = 3;
  public static final int CUDNN_BATCHNORM_SPATIAL = 1;
  public static final int CUDNN_BATCHNORM_SPATIAL_PERSISTENT = 2;
  public static final int CUDNN_ACTIVATION_RELU = 1;
  public static final int CUDNN_SOFTMAX_ACCURATE = 1;
  public static final int CUDNN_SOFTMAX_LOG = 2;
  public static final int CUDNN_SOFTMAX_MODE_INSTANCE = 0;
  public static final int CUDNN_SOFTMAX_MODE_CHANNEL = 1;
  public static final int CUDNN_OP_TENSOR_ADD = 0;
  public static final int CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR = 1;
  public static final int CUDNN_BACKEND_ENGINE_DESCRIPTOR = 2;
  public static final int CUDNN_BACKEND_ENGINECFG_DESCRIPTOR = 3;
  public static final int CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR = 4;
  public static final int CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR = 5;
  public static final int CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR = 10;
  public static final int CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR = 11;
  public static final int CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR = 12;
  public static final int CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR = 15;
  public static final int CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR = 16;
  public static final int CUDNN_BACKEND_TENSOR_DESCRIPTOR = 17;
  public static final int CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT = 900;
  public static final int CUDNN_ATTR_TENSOR_DATA_TYPE = 901;
  public static final int CUDNN_ATTR_TENSOR_DIMENSIONS = 902;
  public static final int CUDNN_ATTR_TENSOR_STRIDES = 903;
  public static final int CUDNN_ATTR_TENSOR_UNIQUE_ID = 906;
  public static final int CUDNN_ATTR_ENGINE_NUMERICAL_NOTE = 1303;
  public static final int CUDNN_TYPE_DATA_TYPE = 1;
  public static final int CUDNN_TYPE_INT64 = 3;
  public static final int CUDNN_TYPE_NUMERICAL_NOTE = 11;
  public static final int CUDNN_TYPE_BACKEND_DESCRIPTOR = 15;
  public static final int CUDNN_NUMERICAL_NOTE_TENSOR_CORE = 0;
  public static final int CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS = 1;
  public static final int CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION = 2;
  public static final int CUDNN_NUMERICAL_NOTE_FFT = 3;
  public static final int CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC = 4;
  public static final int CUDNN_NUMERICAL_NOTE_WINOGRAD = 5;

  private static final long MESSAGE = 4096;

  private final Function cudnnCreate = bind("cudnnCreate", P);
  private final Function cudnnDestroy = bind("cudnnDestroy", P);
  private final Function cudnnSetStream = bind("cudnnSetStream", P, P);
  private final Function cudnnCreateTensorDescriptor = bind("cudnnCreateTensorDescriptor", P);
  private final Function cudnnSetTensorNdDescriptor =
      bind("cudnnSetTensorNdDescriptor", P, I, I, P, P);
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
  private final Function cudnnCreatePoolingDescriptor = bind("cudnnCreatePoolingDescriptor", P);
  private final Function cudnnSetPoolingNdDescriptor =
      bind("cudnnSetPoolingNdDescriptor", P, I, I, I, P, P, P);
  private final Function cudnnDestroyPoolingDescriptor = bind("cudnnDestroyPoolingDescriptor", P);
  private final Function cudnnPoolingForward = bind("cudnnPoolingForward", P, P, P, P, P, P, P, P);
  private final Function cudnnPoolingBackward =
      bind("cudnnPoolingBackward", P, P, P, P, P, P, P, P, P, P, P, P);
  private final Function cudnnBatchNormalizationForwardTraining =
      bind(
          "cudnnBatchNormalizationForwardTraining",
          P,
          I,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          D,
          P,
          P,
          D,
          P,
          P);
  private final Function cudnnBatchNormalizationForwardInference =
      bind("cudnnBatchNormalizationForwardInference", P, I, P, P, P, P, P, P, P, P, P, P, P, D);
  private final Function cudnnBatchNormalizationBackward =
      bind(
          "cudnnBatchNormalizationBackward",
          P,
          I,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          P,
          D,
          P,
          P);
  private final Function cudnnCreateActivationDescriptor =
      bind("cudnnCreateActivationDescriptor", P);
  private final Function cudnnSetActivationDescriptor =
      bind("cudnnSetActivationDescriptor", P, I, I, D);
  private final Function cudnnDestroyActivationDescriptor =
      bind("cudnnDestroyActivationDescriptor", P);
  private final Function cudnnActivationForward =
      bind("cudnnActivationForward", P, P, P, P, P, P, P, P);
  private final Function cudnnActivationBackward =
      bind("cudnnActivationBackward", P, P, P, P, P, P, P, P, P, P, P, P);
  private final Function cudnnSoftmaxForward =
      bind("cudnnSoftmaxForward", P, I, I, P, P, P, P, P, P);
  private final Function cudnnSoftmaxBackward =
      bind("cudnnSoftmaxBackward", P, I, I, P, P, P, P, P, P, P, P);
  private final Function cudnnAddTensor = bind("cudnnAddTensor", P, P, P, P, P, P, P);
  private final Function cudnnCreateOpTensorDescriptor = bind("cudnnCreateOpTensorDescriptor", P);
  private final Function cudnnSetOpTensorDescriptor =
      bind("cudnnSetOpTensorDescriptor", P, I, I, I);
  private final Function cudnnDestroyOpTensorDescriptor = bind("cudnnDestroyOpTensorDescriptor", P);
  private final Function cudnnOpTensor = bind("cudnnOpTensor", P, P, P, P, P, P, P, P, P, P, P);
  private final Function cudnnBackendCreateDescriptor = bind("cudnnBackendCreateDescriptor", I, P);
  private final Function cudnnBackendDestroyDescriptor = bind("cudnnBackendDestroyDescriptor", P);
  private final Function cudnnBackendFinalize = bind("cudnnBackendFinalize", P);
  private final Function cudnnBackendSetAttribute = bind("cudnnBackendSetAttribute", P, I, I, L, P);
  private final Function cudnnBackendGetAttribute =
      bind("cudnnBackendGetAttribute", P, I, I, L, P, P);
  private final Function cudnnBackendExecute = bind("cudnnBackendExecute", P, P, P);

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
   * C: {@code cudnnStatus_t cudnnSetTensorNdDescriptor(cudnnTensorDescriptor_t tensorDesc,
   * cudnnDataType_t dataType, int nbDims, const int dimA[], const int strideA[])}.
   */
  public void cudnnSetTensorNdDescriptor(
      MemorySegment tensorDesc,
      int dataType,
      int nbDims,
      MemorySegment dimA,
      MemorySegment strideA) {
    call(
        cudnnSetTensorNdDescriptor,
        f -> (int) f.invokeExact(tensorDesc, dataType, nbDims, dimA, strideA));
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
   * C: {@code cudnnStatus_t cudnnCreatePoolingDescriptor(cudnnPoolingDescriptor_t *poolingDesc)}.
   */
  public MemorySegment cudnnCreatePoolingDescriptor() {
    return pointerFrom(cudnnCreatePoolingDescriptor, (f, out) -> (int) f.invokeExact(out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSetPoolingNdDescriptor(cudnnPoolingDescriptor_t poolingDesc, const
   * cudnnPoolingMode_t mode, const cudnnNanPropagation_t maxpoolingNanOpt, int nbDims, const int
   * windowDimA[], const int paddingA[], const int strideA[])}.
   */
  public void cudnnSetPoolingNdDescriptor(
      MemorySegment poolingDesc,
      int mode,
      int maxpoolingNanOpt,
      int nbDims,
      MemorySegment windowDimA,
      MemorySegment paddingA,
      MemorySegment strideA) {
    call(
        cudnnSetPoolingNdDescriptor,
        f ->
            (int)
                f.invokeExact(
                    poolingDesc, mode, maxpoolingNanOpt, nbDims, windowDimA, paddingA, strideA));
  }

  /**
   * C: {@code cudnnStatus_t cudnnDestroyPoolingDescriptor(cudnnPoolingDescriptor_t poolingDesc)}.
   */
  public void cudnnDestroyPoolingDescriptor(MemorySegment poolingDesc) {
    call(cudnnDestroyPoolingDescriptor, f -> (int) f.invokeExact(poolingDesc));
  }

  /**
   * C: {@code cudnnStatus_t cudnnPoolingForward(cudnnHandle_t handle, const
   * cudnnPoolingDescriptor_t poolingDesc, const void *alpha, const cudnnTensorDescriptor_t xDesc,
   * const void *x, const void *beta, const cudnnTensorDescriptor_t yDesc, void *y)}.
   */
  public void cudnnPoolingForward(
      MemorySegment handle,
      MemorySegment poolingDesc,
      MemorySegment alpha,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment beta,
      MemorySegment yDesc,
      MemorySegment y) {
    call(
        cudnnPoolingForward,
        f -> (int) f.invokeExact(handle, poolingDesc, alpha, xDesc, x, beta, yDesc, y));
  }

  /**
   * C: {@code cudnnStatus_t cudnnPoolingBackward(cudnnHandle_t handle, const
   * cudnnPoolingDescriptor_t poolingDesc, const void *alpha, const cudnnTensorDescriptor_t yDesc,
   * const void *y, const cudnnTensorDescriptor_t dyDesc, const void *dy, const
   * cudnnTensorDescriptor_t xDesc, const void *x, const void *beta, const cudnnTensorDescriptor_t
   * dxDesc, void *dx)}.
   */
  public void cudnnPoolingBackward(
      MemorySegment handle,
      MemorySegment poolingDesc,
      MemorySegment alpha,
      MemorySegment yDesc,
      MemorySegment y,
      MemorySegment dyDesc,
      MemorySegment dy,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment beta,
      MemorySegment dxDesc,
      MemorySegment dx) {
    call(
        cudnnPoolingBackward,
        f ->
            (int)
                f.invokeExact(
                    handle, poolingDesc, alpha, yDesc, y, dyDesc, dy, xDesc, x, beta, dxDesc, dx));
  }

  /**
   * C: {@code cudnnStatus_t cudnnBatchNormalizationForwardTraining(cudnnHandle_t handle,
   * cudnnBatchNormMode_t mode, const void *alpha, const void *beta, const cudnnTensorDescriptor_t
   * xDesc, const void *x, const cudnnTensorDescriptor_t yDesc, void *y, const
   * cudnnTensorDescriptor_t bnScaleBiasMeanVarDesc, const void *bnScale, const void *bnBias, double
   * exponentialAverageFactor, void *resultRunningMean, void *resultRunningVariance, double epsilon,
   * void *resultSaveMean, void *resultSaveInvVariance)}.
   */
  public void cudnnBatchNormalizationForwardTraining(
      MemorySegment handle,
      int mode,
      MemorySegment alpha,
      MemorySegment beta,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment yDesc,
      MemorySegment y,
      MemorySegment bnScaleBiasMeanVarDesc,
      MemorySegment bnScale,
      MemorySegment bnBias,
      double exponentialAverageFactor,
      MemorySegment resultRunningMean,
      MemorySegment resultRunningVariance,
      double epsilon,
      MemorySegment resultSaveMean,
      MemorySegment resultSaveInvVariance) {
    call(
        cudnnBatchNormalizationForwardTraining,
        f ->
            (int)
                f.invokeExact(
                    handle,
                    mode,
                    alpha,
                    beta,
                    xDesc,
                    x,
                    yDesc,
                    y,
                    bnScaleBiasMeanVarDesc,
                    bnScale,
                    bnBias,
                    exponentialAverageFactor,
                    resultRunningMean,
                    resultRunningVariance,
                    epsilon,
                    resultSaveMean,
                    resultSaveInvVariance));
  }

  /**
   * C: {@code cudnnStatus_t cudnnBatchNormalizationForwardInference(cudnnHandle_t handle,
   * cudnnBatchNormMode_t mode, const void *alpha, const void *beta, const cudnnTensorDescriptor_t
   * xDesc, const void *x, const cudnnTensorDescriptor_t yDesc, void *y, const
   * cudnnTensorDescriptor_t bnScaleBiasMeanVarDesc, const void *bnScale, const void *bnBias, const
   * void *estimatedMean, const void *estimatedVariance, double epsilon)}.
   */
  public void cudnnBatchNormalizationForwardInference(
      MemorySegment handle,
      int mode,
      MemorySegment alpha,
      MemorySegment beta,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment yDesc,
      MemorySegment y,
      MemorySegment bnScaleBiasMeanVarDesc,
      MemorySegment bnScale,
      MemorySegment bnBias,
      MemorySegment estimatedMean,
      MemorySegment estimatedVariance,
      double epsilon) {
    call(
        cudnnBatchNormalizationForwardInference,
        f ->
            (int)
                f.invokeExact(
                    handle,
                    mode,
                    alpha,
                    beta,
                    xDesc,
                    x,
                    yDesc,
                    y,
                    bnScaleBiasMeanVarDesc,
                    bnScale,
                    bnBias,
                    estimatedMean,
                    estimatedVariance,
                    epsilon));
  }

  /**
   * C: {@code cudnnStatus_t cudnnBatchNormalizationBackward(cudnnHandle_t handle,
   * cudnnBatchNormMode_t mode, const void *alphaDataDiff, const void *betaDataDiff, const void
   * *alphaParamDiff, const void *betaParamDiff, const cudnnTensorDescriptor_t xDesc, const void *x,
   * const cudnnTensorDescriptor_t dyDesc, const void *dy, const cudnnTensorDescriptor_t dxDesc,
   * void *dx, const cudnnTensorDescriptor_t dBnScaleBiasDesc, const void *bnScale, void
   * *dBnScaleResult, void *dBnBiasResult, double epsilon, const void *savedMean, const void
   * *savedInvVariance)}.
   */
  public void cudnnBatchNormalizationBackward(
      MemorySegment handle,
      int mode,
      MemorySegment alphaDataDiff,
      MemorySegment betaDataDiff,
      MemorySegment alphaParamDiff,
      MemorySegment betaParamDiff,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment dyDesc,
      MemorySegment dy,
      MemorySegment dxDesc,
      MemorySegment dx,
      MemorySegment dBnScaleBiasDesc,
      MemorySegment bnScale,
      MemorySegment dBnScaleResult,
      MemorySegment dBnBiasResult,
      double epsilon,
      MemorySegment savedMean,
      MemorySegment savedInvVariance) {
    call(
        cudnnBatchNormalizationBackward,
        f ->
            (int)
                f.invokeExact(
                    handle,
                    mode,
                    alphaDataDiff,
                    betaDataDiff,
                    alphaParamDiff,
                    betaParamDiff,
                    xDesc,
                    x,
                    dyDesc,
                    dy,
                    dxDesc,
                    dx,
                    dBnScaleBiasDesc,
                    bnScale,
                    dBnScaleResult,
                    dBnBiasResult,
                    epsilon,
                    savedMean,
                    savedInvVariance));
  }

  /**
   * C: {@code cudnnStatus_t cudnnCreateActivationDescriptor(cudnnActivationDescriptor_t
   * *activationDesc)}.
   */
  public MemorySegment cudnnCreateActivationDescriptor() {
    return pointerFrom(cudnnCreateActivationDescriptor, (f, out) -> (int) f.invokeExact(out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSetActivationDescriptor(cudnnActivationDescriptor_t
   * activationDesc, cudnnActivationMode_t mode, cudnnNanPropagation_t reluNanOpt, double coef)}.
   */
  public void cudnnSetActivationDescriptor(
      MemorySegment activationDesc, int mode, int reluNanOpt, double coef) {
    call(
        cudnnSetActivationDescriptor,
        f -> (int) f.invokeExact(activationDesc, mode, reluNanOpt, coef));
  }

  /**
   * C: {@code cudnnStatus_t cudnnDestroyActivationDescriptor(cudnnActivationDescriptor_t
   * activationDesc)}.
   */
  public void cudnnDestroyActivationDescriptor(MemorySegment activationDesc) {
    call(cudnnDestroyActivationDescriptor, f -> (int) f.invokeExact(activationDesc));
  }

  /**
   * C: {@code cudnnStatus_t cudnnActivationForward(cudnnHandle_t handle,
   * cudnnActivationDescriptor_t activationDesc, const void *alpha, const cudnnTensorDescriptor_t
   * xDesc, const void *x, const void *beta, const cudnnTensorDescriptor_t yDesc, void *y)}.
   */
  public void cudnnActivationForward(
      MemorySegment handle,
      MemorySegment activationDesc,
      MemorySegment alpha,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment beta,
      MemorySegment yDesc,
      MemorySegment y) {
    call(
        cudnnActivationForward,
        f -> (int) f.invokeExact(handle, activationDesc, alpha, xDesc, x, beta, yDesc, y));
  }

  /**
   * C: {@code cudnnStatus_t cudnnActivationBackward(cudnnHandle_t handle,
   * cudnnActivationDescriptor_t activationDesc, const void *alpha, const cudnnTensorDescriptor_t
   * yDesc, const void *y, const cudnnTensorDescriptor_t dyDesc, const void *dy, const
   * cudnnTensorDescriptor_t xDesc, const void *x, const void *beta, const cudnnTensorDescriptor_t
   * dxDesc, void *dx)}.
   */
  public void cudnnActivationBackward(
      MemorySegment handle,
      MemorySegment activationDesc,
      MemorySegment alpha,
      MemorySegment yDesc,
      MemorySegment y,
      MemorySegment dyDesc,
      MemorySegment dy,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment beta,
      MemorySegment dxDesc,
      MemorySegment dx) {
    call(
        cudnnActivationBackward,
        f ->
            (int)
                f.invokeExact(
                    handle,
                    activationDesc,
                    alpha,
                    yDesc,
                    y,
                    dyDesc,
                    dy,
                    xDesc,
                    x,
                    beta,
                    dxDesc,
                    dx));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algo,
   * cudnnSoftmaxMode_t mode, const void *alpha, const cudnnTensorDescriptor_t xDesc, const void *x,
   * const void *beta, const cudnnTensorDescriptor_t yDesc, void *y)}.
   */
  public void cudnnSoftmaxForward(
      MemorySegment handle,
      int algo,
      int mode,
      MemorySegment alpha,
      MemorySegment xDesc,
      MemorySegment x,
      MemorySegment beta,
      MemorySegment yDesc,
      MemorySegment y) {
    call(
        cudnnSoftmaxForward,
        f -> (int) f.invokeExact(handle, algo, mode, alpha, xDesc, x, beta, yDesc, y));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSoftmaxBackward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t
   * algo, cudnnSoftmaxMode_t mode, const void *alpha, const cudnnTensorDescriptor_t yDesc, const
   * void *y, const cudnnTensorDescriptor_t dyDesc, const void *dy, const void *beta, const
   * cudnnTensorDescriptor_t dxDesc, void *dx)}.
   */
  public void cudnnSoftmaxBackward(
      MemorySegment handle,
      int algo,
      int mode,
      MemorySegment alpha,
      MemorySegment yDesc,
      MemorySegment y,
      MemorySegment dyDesc,
      MemorySegment dy,
      MemorySegment beta,
      MemorySegment dxDesc,
      MemorySegment dx) {
    call(
        cudnnSoftmaxBackward,
        f ->
            (int) f.invokeExact(handle, algo, mode, alpha, yDesc, y, dyDesc, dy, beta, dxDesc, dx));
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

  /**
   * C: {@code cudnnStatus_t cudnnCreateOpTensorDescriptor(cudnnOpTensorDescriptor_t
   * *opTensorDesc)}.
   */
  public MemorySegment cudnnCreateOpTensorDescriptor() {
    return pointerFrom(cudnnCreateOpTensorDescriptor, (f, out) -> (int) f.invokeExact(out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnSetOpTensorDescriptor(cudnnOpTensorDescriptor_t opTensorDesc,
   * cudnnOpTensorOp_t opTensorOp, cudnnDataType_t opTensorCompType, cudnnNanPropagation_t
   * opTensorNanOpt)}.
   */
  public void cudnnSetOpTensorDescriptor(
      MemorySegment opTensorDesc, int opTensorOp, int opTensorCompType, int opTensorNanOpt) {
    call(
        cudnnSetOpTensorDescriptor,
        f -> (int) f.invokeExact(opTensorDesc, opTensorOp, opTensorCompType, opTensorNanOpt));
  }

  /**
   * C: {@code cudnnStatus_t cudnnDestroyOpTensorDescriptor(cudnnOpTensorDescriptor_t
   * opTensorDesc)}.
   */
  public void cudnnDestroyOpTensorDescriptor(MemorySegment opTensorDesc) {
    call(cudnnDestroyOpTensorDescriptor, f -> (int) f.invokeExact(opTensorDesc));
  }

  /**
   * C: {@code cudnnStatus_t cudnnOpTensor(cudnnHandle_t handle, const cudnnOpTensorDescriptor_t
   * opTensorDesc, const void *alpha1, const cudnnTensorDescriptor_t aDesc, const void *A, const
   * void *alpha2, const cudnnTensorDescriptor_t bDesc, const void *B, const void *beta, const
   * cudnnTensorDescriptor_t cDesc, void *C)}.
   */
  public void cudnnOpTensor(
      MemorySegment handle,
      MemorySegment opTensorDesc,
      MemorySegment alpha1,
      MemorySegment aDesc,
      MemorySegment A,
      MemorySegment alpha2,
      MemorySegment bDesc,
      MemorySegment B,
      MemorySegment beta,
      MemorySegment cDesc,
      MemorySegment C) {
    call(
        cudnnOpTensor,
        f ->
            (int)
                f.invokeExact(
                    handle, opTensorDesc, alpha1, aDesc, A, alpha2, bDesc, B, beta, cDesc, C));
  }

  /**
   * C: {@code cudnnStatus_t cudnnBackendCreateDescriptor(cudnnBackendDescriptorType_t
   * descriptorType, cudnnBackendDescriptor_t *descriptor)}.
   */
  public MemorySegment cudnnBackendCreateDescriptor(int descriptorType) {
    return pointerFrom(
        cudnnBackendCreateDescriptor, (f, out) -> (int) f.invokeExact(descriptorType, out));
  }

  /**
   * C: {@code cudnnStatus_t cudnnBackendDestroyDescriptor(cudnnBackendDescriptor_t descriptor)}.
   */
  public void cudnnBackendDestroyDescriptor(MemorySegment descriptor) {
    call(cudnnBackendDestroyDescriptor, f -> (int) f.invokeExact(descriptor));
  }

  /** C: {@code cudnnStatus_t cudnnBackendFinalize(cudnnBackendDescriptor_t descriptor)}. */
  public void cudnnBackendFinalize(MemorySegment descriptor) {
    call(cudnnBackendFinalize, f -> (int) f.invokeExact(descriptor));
  }

  /**
   * C: {@code cudnnStatus_t cudnnBackendSetAttribute(cudnnBackendDescriptor_t descriptor,
   * cudnnBackendAttributeName_t attributeName, cudnnBackendAttributeType_t attributeType, int64_t
   * elementCount, const void *arrayOfElements)}.
   */
  public void cudnnBackendSetAttribute(
      MemorySegment descriptor,
      int attributeName,
      int attributeType,
      long elementCount,
      MemorySegment arrayOfElements) {
    call(
        cudnnBackendSetAttribute,
        f ->
            (int)
                f.invokeExact(
                    descriptor, attributeName, attributeType, elementCount, arrayOfElements));
  }

  /**
   * C: {@code cudnnStatus_t cudnnBackendGetAttribute(const cudnnBackendDescriptor_t descriptor,
   * cudnnBackendAttributeName_t attributeName, cudnnBackendAttributeType_t attributeType, int64_t
   * requestedElementCount, int64_t *elementCount, void *arrayOfElements)}.
   */
  public void cudnnBackendGetAttribute(
      MemorySegment descriptor,
      int attributeName,
      int attributeType,
      long requestedElementCount,
      MemorySegment elementCount,
      MemorySegment arrayOfElements) {
    call(
        cudnnBackendGetAttribute,
        f ->
            (int)
                f.invokeExact(
                    descriptor,
                    attributeName,
                    attributeType,
                    requestedElementCount,
                    elementCount,
                    arrayOfElements));
  }

  /**
   * C: {@code cudnnStatus_t cudnnBackendExecute(cudnnHandle_t handle, cudnnBackendDescriptor_t
   * executionPlan, cudnnBackendDescriptor_t variantPack)}.
   */
  public void cudnnBackendExecute(
      MemorySegment handle, MemorySegment executionPlan, MemorySegment variantPack) {
    call(cudnnBackendExecute, f -> (int) f.invokeExact(handle, executionPlan, variantPack));
  }
}
