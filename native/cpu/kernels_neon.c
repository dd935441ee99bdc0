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
#define DOT_VECTORS 4
#define DOT_ROWS 12
#define DOT_TILES 24
/* acc[i] + a[2i] * b[2i] + a[2i + 1] * b[2i + 1], modulo 2^32. */
static inline VI vdot(VI acc, VI a, VI b) {
  const int16x8_t x = (int16x8_t)a, y = (int16x8_t)b;
  const int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(y));
  return (VI)vaddq_s32((int32x4_t)acc, vpaddq_s32(low, vmull_high_s16(x, y)));
}
#include "kernels.inc"
