// SPDX-License-Identifier: Apache-2.0
/* AVX-512: 32 registers of 16 floats. */
#include "kernels.h"
#define SET avx512
#define VL 16
#define TILE_PIXELS 14
#define TILE_ROWS 12
typedef float V __attribute__((vector_size(64)));
typedef int32_t VI __attribute__((vector_size(64)));
#define vfma(a, b, c) ((V)_mm512_fmadd_ps((__m512)(a), (__m512)(b), (__m512)(c)))
#define vsqrt(a) ((V)_mm512_sqrt_ps((__m512)(a)))
#define DOT_VECTORS 4
#define DOT_ROWS 12
#define DOT_TILES 24
#define vdot(acc, a, b) \
  ((VI)_mm512_add_epi32((__m512i)(acc), _mm512_madd_epi16((__m512i)(a), (__m512i)(b))))
#include "kernels.inc"
