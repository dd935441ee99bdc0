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
#define DOT_VECTORS 2
#define DOT_ROWS 8
#define DOT_TILES 8
/* acc[i] + a[2i] * b[2i] + a[2i + 1] * b[2i + 1], modulo 2^32. */
static inline VI vdot(VI acc, VI a, VI b) {
  typedef uint32_t U __attribute__((vector_size(16)));
  const U low = (U)((VI)((U)a << 16) >> 16) * (U)((VI)((U)b << 16) >> 16);
  return (VI)((U)acc + low + (U)(a >> 16) * (U)(b >> 16));
}
#include "kernels.inc"
