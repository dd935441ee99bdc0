// SPDX-License-Identifier: Apache-2.0
// What is compared: jextract reads this file, print_abi.c includes it.
#include <cuda.h>
#include <cuda_runtime_api.h>
#include <cublasLt.h>
#include <cublas_v2.h>
#include <cudnn.h>
#include <nvrtc.h>
