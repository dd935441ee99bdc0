// SPDX-License-Identifier: Apache-2.0
/* Portable C: no instruction set assumed. */
#include "kernels.h"
#define SET portable
#define VL 4
#define TILE_PIXELS 4
#define TILE_ROWS 4
typedef float V __attribute__((vector_size(16)));
typedef int32_t VI __attribute__((vector_size(16)));
#ifdef FP_FAST_FMAF
static inline V vfma(V a, V b, V c) {
  for (int i = 0; i < 4; i++) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return c;
}
#else
#include "exact_fma.h"
#endif
static inline V vsqrt(V a) {
  for (int i = 0; i < 4; i++) a[i] = __builtin_sqrtf(a[i]);
  return a;
}
#include "kernels.inc"
