// SPDX-License-Identifier: Apache-2.0
/* NEON on AArch64: 32 registers of 4 floats. */
#include "kernels.h"
#include <arm_neon.h>
#define SET neon
#define VL 4
#define TILE_PIXELS 14
#define TILE_ROWS 12
typedef float V __attribute__((vector_size(16)));
typedef int32_t VI __attribute__((vector_size(16)));
#define vfma(a, b, c) ((V)vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b)))
#define vsqrt(a) ((V)vsqrtq_f32((float32x4_t)(a)))
#include "kernels.inc"
