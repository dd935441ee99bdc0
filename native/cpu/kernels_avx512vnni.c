// SPDX-License-Identifier: Apache-2.0
/* The integer products of AVX-512 with VNNI: a multiply-add of pairs is one instruction. */
#include "kernels.h"
#define SET avx512vnni
#define INTEGER_ONLY
#define VL 16
typedef float V __attribute__((vector_size(64)));
typedef int32_t VI __attribute__((vector_size(64)));
#define DOT_VECTORS 4
#define DOT_ROWS 12
#define DOT_TILES 24
#define vdot(acc, a, b) \
  ((VI)_mm512_dpwssd_epi32((__m512i)(acc), (__m512i)(a), (__m512i)(b)))
#include "kernels.inc"
