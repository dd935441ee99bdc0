// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

/**
 * What to do about an error of a library.
 *
 * @param exitCode 6 where device or library cannot be used, 1 where the work itself went wrong
 * @param text the advice
 */
record Remedy(int exitCode, String text) {
  private static final Remedy MEMORY =
      unusable(
          "use a smaller --batch-size, or end other programs on this GPU (nvidia-smi lists them)");
  private static final Remedy DRIVER =
      unusable("update the NVIDIA driver: CUDA 13 needs 580 or later, CUDA 12 needs 525");
  private static final Remedy ARCHITECTURE =
      unusable("this GPU is not served by these libraries: use --device cpu");
  private static final Remedy INSTALLATION =
      unusable("reinstall this library and its companions, all of one version");
  private static final Remedy FAULT =
      wrong("run 'unerring doctor'; if it finds no fault, report this message");

  /** For a status of the CUDA runtime or of the driver, which share their numbers. */
  static Remedy cuda(int status) {
    return switch (status) {
      case CudaRuntime.cudaErrorMemoryAllocation -> MEMORY;
      case CudaRuntime.cudaErrorInsufficientDriver,
          CudaRuntime.cudaErrorCallRequiresNewerDriver,
          CudaRuntime.cudaErrorUnsupportedPtxVersion,
          CudaRuntime.cudaErrorSystemDriverMismatch ->
          DRIVER;
      case CudaRuntime.cudaErrorInitializationError ->
          unusable("CUDA could not start: see that nvidia-smi works, then try again");
      case CudaRuntime.cudaErrorStubLibrary ->
          unusable("a stub libcuda.so was loaded: put the driver's own folder first");
      case CudaRuntime.cudaErrorDevicesUnavailable ->
          unusable("another program holds this GPU exclusively: end it, or take another");
      case CudaRuntime.cudaErrorNoDevice ->
          unusable("see that nvidia-smi lists a GPU and CUDA_VISIBLE_DEVICES hides none");
      case CudaRuntime.cudaErrorInvalidDevice ->
          unusable("choose a GPU that 'unerring doctor' lists");
      case CudaRuntime.cudaErrorNoKernelImageForDevice,
          CudaRuntime.cudaErrorCompatNotSupportedOnDevice ->
          ARCHITECTURE;
      case CudaRuntime.cudaErrorECCUncorrectable ->
          unusable("uncorrectable ECC error: reset the GPU; if it returns, replace it");
      case CudaRuntime.cudaErrorNvlinkUncorrectable ->
          unusable("uncorrectable NVLink error: restart the machine");
      case CudaRuntime.cudaErrorLaunchTimeout ->
          wrong("a kernel ran too long for a GPU with a display: use another GPU");
      case CudaRuntime.cudaErrorIllegalAddress,
          CudaRuntime.cudaErrorMisalignedAddress,
          CudaRuntime.cudaErrorInvalidAddressSpace,
          CudaRuntime.cudaErrorInvalidPc,
          CudaRuntime.cudaErrorLaunchFailure ->
          wrong("the GPU's state is lost with this process; start again, and report this message");
      case CudaRuntime.cudaErrorNotPermitted ->
          unusable("the administrator forbids this call; ask for access to the GPU");
      case CudaRuntime.cudaErrorSystemNotReady ->
          unusable("the GPU's fabric is not started: start nvidia-fabricmanager");
      case CudaRuntime.cudaErrorUnknown ->
          unusable("unknown to the driver: restart the machine, then look at dmesg");
      default -> FAULT;
    };
  }

  /** For a cublasStatus_t. */
  static Remedy cublas(int status) {
    return switch (status) {
      case Cublas.CUBLAS_STATUS_NOT_INITIALIZED ->
          unusable("cuBLAS could not start: see that the driver shows a GPU with free memory");
      case Cublas.CUBLAS_STATUS_ALLOC_FAILED -> MEMORY;
      case Cublas.CUBLAS_STATUS_ARCH_MISMATCH -> ARCHITECTURE;
      default -> FAULT;
    };
  }

  /** For a cudnnStatus_t of version 9. */
  static Remedy cudnn(int status) {
    return switch (status) {
      case Cudnn.CUDNN_STATUS_NOT_INITIALIZED ->
          unusable("cuDNN could not start: see that the driver shows a GPU with free memory");
      case Cudnn.CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH,
          Cudnn.CUDNN_STATUS_SUBLIBRARY_LOADING_FAILED,
          Cudnn.CUDNN_STATUS_NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING,
          Cudnn.CUDNN_STATUS_NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE ->
          INSTALLATION;
      case Cudnn.CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER -> DRIVER;
      case Cudnn.CUDNN_STATUS_NOT_SUPPORTED_INCOMPATIBLE_CUDART ->
          unusable("install the cuDNN that is made for this CUDA version");
      case Cudnn.CUDNN_STATUS_NOT_SUPPORTED_ARCH_MISMATCH -> ARCHITECTURE;
      case Cudnn.CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED,
          Cudnn.CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED ->
          MEMORY;
      default -> FAULT;
    };
  }

  /** For an nvrtcResult. */
  static Remedy nvrtc(int status) {
    return switch (status) {
      case Nvrtc.NVRTC_ERROR_OUT_OF_MEMORY ->
          unusable("the compiler ran out of memory: free some on this machine");
      case Nvrtc.NVRTC_ERROR_INVALID_OPTION ->
          unusable("this NVRTC does not know the GPU's architecture: install a newer one");
      case Nvrtc.NVRTC_ERROR_BUILTIN_OPERATION_FAILURE ->
          unusable("libnvrtc-builtins must lie beside libnvrtc: reinstall NVRTC");
      default -> FAULT;
    };
  }

  private static Remedy unusable(String text) {
    return new Remedy(6, text);
  }

  private static Remedy wrong(String text) {
    return new Remedy(1, text);
  }
}
