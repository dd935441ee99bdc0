// SPDX-License-Identifier: Apache-2.0
// Prints the size of every type and the value of every constant that the bindings in dev.unerring.ffi
// rely on, one "name value" a line. Build: cc -I<folders of the headers> print_abi.c
#include "headers.h"

#include <stdio.h>

#define SIZE(type) printf("sizeof(%s) %lld\n", #type, (long long)sizeof(type))
#define CONSTANT(name) printf("%s %lld\n", #name, (long long)(name))

int main(void) {
  SIZE(void*);
  SIZE(cudaStream_t);
  SIZE(cudaEvent_t);
  SIZE(cudaGraph_t);
  SIZE(cudaGraphExec_t);
  SIZE(CUmodule);
  SIZE(CUfunction);
  SIZE(CUstream);
  SIZE(cublasHandle_t);
  SIZE(cudnnHandle_t);
  SIZE(nvrtcProgram);
  SIZE(cudnnTensorDescriptor_t);
  SIZE(size_t);
  SIZE(long long);
  SIZE(int);
  SIZE(unsigned int);
  SIZE(float);
  SIZE(double);
  SIZE(CUuuid);
  SIZE(CUdevice);
  SIZE(cudaError_t);
  SIZE(CUresult);
  SIZE(cublasStatus_t);
  SIZE(cudnnStatus_t);
  SIZE(nvrtcResult);
  SIZE(cudaDataType);
  SIZE(cublasComputeType_t);
  SIZE(cublasGemmAlgo_t);
  SIZE(cudnnDataType_t);
  SIZE(cudnnTensorFormat_t);
  SIZE(cudnnConvolutionFwdAlgo_t);
  SIZE(libraryPropertyType);
  SIZE(enum cudaMemcpyKind);
  SIZE(enum cudaStreamCaptureMode);
  CONSTANT(CUBLAS_ATOMICS_NOT_ALLOWED);
  CONSTANT(CUBLAS_COMPUTE_32F);
  CONSTANT(CUBLAS_GEMM_DEFAULT);
  CONSTANT(CUBLAS_OP_N);
  CONSTANT(CUBLAS_OP_T);
  CONSTANT(CUBLAS_PEDANTIC_MATH);
  CONSTANT(CUBLAS_STATUS_ALLOC_FAILED);
  CONSTANT(CUBLAS_STATUS_ARCH_MISMATCH);
  CONSTANT(CUBLAS_STATUS_NOT_INITIALIZED);
  CONSTANT(CUBLAS_TF32_TENSOR_OP_MATH);
  CONSTANT(CUDA_ERROR_NO_DEVICE);
  CONSTANT(CUDA_R_16BF);
  CONSTANT(CUDA_R_32F);
  CONSTANT(CUDNN_CONVOLUTION_BWD_DATA_ALGO_0);
  CONSTANT(CUDNN_CONVOLUTION_BWD_DATA_ALGO_1);
  CONSTANT(CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0);
  CONSTANT(CUDNN_CONVOLUTION_BWD_FILTER_ALGO_1);
  CONSTANT(CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM);
  CONSTANT(CUDNN_CROSS_CORRELATION);
  CONSTANT(CUDNN_DATA_BFLOAT16);
  CONSTANT(CUDNN_DATA_FLOAT);
  CONSTANT(CUDNN_FMA_MATH);
  CONSTANT(CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED);
  CONSTANT(CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED);
  CONSTANT(CUDNN_STATUS_NOT_INITIALIZED);
  CONSTANT(CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH);
  CONSTANT(CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDART);
  CONSTANT(CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER);
  CONSTANT(CUDNN_STATUS_NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING);
  CONSTANT(CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE);
  CONSTANT(CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED);
  CONSTANT(CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH);
  CONSTANT(CUDNN_TENSOR_NHWC);
  CONSTANT(CUDNN_TENSOR_OP_MATH);
  CONSTANT(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
  CONSTANT(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  CONSTANT(CU_DEVICE_ATTRIBUTE_ECC_ENABLED);
  CONSTANT(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  CONSTANT(MAJOR_VERSION);
  CONSTANT(MINOR_VERSION);
  CONSTANT(NVRTC_ERROR_BUILTIN_OPERATION_FAILURE);
  CONSTANT(NVRTC_ERROR_COMPILATION);
  CONSTANT(NVRTC_ERROR_INVALID_OPTION);
  CONSTANT(NVRTC_ERROR_OUT_OF_MEMORY);
  CONSTANT(PATCH_LEVEL);
  CONSTANT(cudaErrorCallRequiresNewerDriver);
  CONSTANT(cudaErrorCompatNotSupportedOnDevice);
  CONSTANT(cudaErrorDevicesUnavailable);
  CONSTANT(cudaErrorECCUncorrectable);
  CONSTANT(cudaErrorIllegalAddress);
  CONSTANT(cudaErrorInitializationError);
  CONSTANT(cudaErrorInsufficientDriver);
  CONSTANT(cudaErrorInvalidAddressSpace);
  CONSTANT(cudaErrorInvalidDevice);
  CONSTANT(cudaErrorInvalidKernelImage);
  CONSTANT(cudaErrorInvalidPc);
  CONSTANT(cudaErrorLaunchFailure);
  CONSTANT(cudaErrorLaunchTimeout);
  CONSTANT(cudaErrorMemoryAllocation);
  CONSTANT(cudaErrorMisalignedAddress);
  CONSTANT(cudaErrorNoDevice);
  CONSTANT(cudaErrorNoKernelImageForDevice);
  CONSTANT(cudaErrorNotPermitted);
  CONSTANT(cudaErrorNvlinkUncorrectable);
  CONSTANT(cudaErrorStubLibrary);
  CONSTANT(cudaErrorSystemDriverMismatch);
  CONSTANT(cudaErrorSystemNotReady);
  CONSTANT(cudaErrorUnknown);
  CONSTANT(cudaErrorUnsupportedPtxVersion);
  CONSTANT(cudaEventDisableTiming);
  CONSTANT(cudaHostAllocDefault);
  CONSTANT(cudaMemcpyDeviceToDevice);
  CONSTANT(cudaMemcpyDeviceToHost);
  CONSTANT(cudaMemcpyHostToDevice);
  CONSTANT(cudaStreamCaptureModeThreadLocal);
  CONSTANT(cudaStreamNonBlocking);
  return 0;
}
