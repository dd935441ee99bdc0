// SPDX-License-Identifier: Apache-2.0
/* All kernels, in one translation unit: nvcc, NVRTC and the host build of the tests read it as it is. */
#include "kernels.cuh"
#include "ordered_math.h"

/* 1 / sqrt(variance + 1e-5), each step rounded. */
INLINE float inverse_deviation(float variance) {
  return __fdiv_rn(1.0f, __fsqrt_rn(__fadd_rn(variance, 1e-5f)));
}

#include "product.cuh"
#include "weight.cuh"
#include "sums.cuh"
#include "normalization.cuh"
#include "pointwise.cuh"
#include "pooling.cuh"
#include "batches.cuh"
#include "operands.cuh"
