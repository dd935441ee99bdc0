// SPDX-License-Identifier: Apache-2.0
/* AVX2 with FMA: 16 registers of 8 floats. */
#include "kernels.h"
#define SET avx2
#define VL 8
#define TILE_PIXELS 6
#define TILE_ROWS 6
typedef float V __attribute__((vector_size(32)));
typedef int32_t VI __attribute__((vector_size(32)));
#define vfma(a, b, c) ((V)_mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c)))
#define vsqrt(a) ((V)_mm256_sqrt_ps((__m256)(a)))
#define DOT_VECTORS 2
#define DOT_ROWS 12
#define DOT_TILES 12
#define vdot(acc, a, b) \
  ((VI)_mm256_add_epi32((__m256i)(acc), _mm256_madd_epi16((__m256i)(a), (__m256i)(b))))
#include "kernels.inc"
