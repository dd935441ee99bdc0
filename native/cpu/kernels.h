// SPDX-License-Identifier: Apache-2.0
/* What every kernel set shares: exported names, the floating-point environment, geometry words.
 *
 * A kernel set is one inclusion of kernels.inc with these defined:
 *   SET            suffix of the exported names
 *   VL             float lanes of a vector
 *   TILE_PIXELS    output pixels of a convolution tile (accumulators: 2 * TILE_PIXELS)
 *   TILE_ROWS      weight rows of a backward-weight tile (accumulators: 2 * TILE_ROWS)
 *   vfma(a, b, c)  fused a * b + c on vectors
 */
#ifndef UNERRING_KERNELS_H
#define UNERRING_KERNELS_H

#include <stdint.h>
#include <string.h>

#include "ordered_math.h"

#if defined(__x86_64__)
#include <immintrin.h>
/* Round to nearest even, subnormals kept, exceptions masked; the caller's state comes back. */
#define ENTER const unsigned saved_environment = _mm_getcsr(); _mm_setcsr(0x1f80u);
#define LEAVE _mm_setcsr(saved_environment);
#elif defined(__aarch64__)
#define ENTER                                                    \
  uint64_t saved_environment;                                    \
  __asm__ volatile("mrs %0, fpcr" : "=r"(saved_environment));    \
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0) : "memory");
#define LEAVE __asm__ volatile("msr fpcr, %0" : : "r"(saved_environment) : "memory");
#else
#define ENTER
#define LEAVE
#endif

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define KERNEL __attribute__((visibility("default"))) void
#define NAME(kernel) JOIN(kernel, SET)
#define INLINE static inline __attribute__((always_inline))

/* A box is a piece of a batch copied inside a border of +0. Strides in floats, extents in positions. */
enum {
  BOX_X_IMAGE, BOX_X_DEPTH, BOX_X_ROW, BOX_X_STEP, BOX_X_D, BOX_X_H, BOX_X_W,
  BOX_FRONT, BOX_TOP, BOX_LEFT, /* border before the first position */
  BOX_STRIDE,                   /* from one output position to the next */
  BOX_HALO_D, BOX_HALO_H,       /* rows that one output row reads */
  BOX_W, BOX_C, BOX_OC, BOX_WORDS
};

/* Geometry of a tap product (convolution forward and backward-input, linear): the outputs are cut
 * into boxes of rows; every phase computes its outputs from the same box of the input. */
enum {
  TAP_N = BOX_WORDS, TAP_D, TAP_H,              /* rows of the largest phase */
  TAP_BOX_N, TAP_BOX_D, TAP_BOX_H,              /* rows of a box */
  TAP_COPY,                                     /* 0: the input needs no border and is read in place */
  TAP_PIXEL,                                    /* floats from position to position in a box */
  TAP_X_IMAGE, TAP_X_DEPTH, TAP_X_ROW, TAP_X_STEP, /* from output to output in a box */
  TAP_Y_IMAGE, TAP_Y_D, TAP_Y_H,
  TAP_CLEAR,                                    /* 0, or the stride where no tap reaches some outputs */
  TAP_C_STEP, TAP_OC_STEP,                      /* of weights that a unit packs for itself, or 0 */
  TAP_PIECE,                                    /* taps whose weights are used together, at most 64 */
  TAP_AT_CHAINS,                                /* floats of the scratch before the chains */
  TAP_AT_NOTE,                                  /* floats of the packed weights before the note */
  TAP_PHASES, TAP_FIRST_PHASE
};
enum {
  PHASE_D, PHASE_H, PHASE_W, PHASE_Y, PHASE_Y_DEPTH, PHASE_Y_ROW, PHASE_Y_STEP,
  PHASE_WEIGHT, PHASE_TAPS, PHASE_OFFSETS /* then depth and height of each tap in the border */
};

/* Where the weights of a tap go: packed [phase][block of channels][tap][C][2 * VL]. The note behind
 * them, a word that is 0 before, becomes 1 where a weight is infinite or NaN. */
enum { PACK_C, PACK_OC, PACK_C_STEP, PACK_OC_STEP, PACK_AT_NOTE, PACK_FIRST_TAP };
enum { PACKED_SOURCE, PACKED_PHASE, PACKED_TAPS, PACKED_INDEX, PACKED_WORDS };
#define PACK_UNIT 32 /* output channels of a unit: whole blocks of any kernel set */

/* Geometry of backward-weight. A row is one (image, od, oh); chunks are runs of rows; a unit is
 * (run of chunks, group of output channels, group of input channels). */
enum {
  WG_OD = BOX_WORDS, WG_OH, WG_OW, WG_KD, WG_KH, WG_KW,
  WG_GROUP_ROWS, WG_CHUNK_ROWS, WG_CHUNKS, WG_RUN, WG_C_GROUP, WG_OC_GROUP,
  WG_AT_PANEL, WG_AT_PLACES, WG_AT_STACK, WG_WORDS /* parts of the scratch, in floats */
};

/* Geometry of chunked channel sums: positions are rows of ROW_POSITIONS. */
enum { SUM_C, SUM_ROW_POSITIONS, SUM_GROUP_ROWS, SUM_CHUNK_ROWS, SUM_WORDS };

/* Geometry of pooling. */
enum {
  POOL_ID, POOL_IH, POOL_IW, POOL_C, POOL_OD, POOL_OH, POOL_OW,
  POOL_KD, POOL_KH, POOL_KW, POOL_STRIDE, POOL_WORDS
};

/* ---- integer products (integer.inc) ---- */
#define INTEGER_UNIT 16384 /* values of a unit of integer_largest */
#define DIRECT_ROWS 48     /* outputs that are gathered together */
#define TILE_BLOCK 48      /* tiles of 2x2 outputs that are transformed together */
#define NORM_CHANNELS 64   /* channels whose weights have a norm together */

/* Geometry of integer_pack and integer_direct: sources are images of ID x IH x IW x C, outputs have
 * OC channels and INT_Y_IMAGE positions an image. Steps of weights in whole numbers. */
enum {
  INT_N, INT_UNIT, INT_ID, INT_IH, INT_IW, INT_C, INT_OC,
  INT_STEP,                /* source positions from output to output of a phase */
  INT_C_STEP, INT_OC_STEP, /* of the weights of a tap */
  INT_Y_IMAGE, INT_BORDER, INT_PHASES = INT_BORDER + 6, INT_FIRST_PHASE
};
/* An image inside its border of 0: extents with it, and where the image begins. */
enum { BORDER_D, BORDER_H, BORDER_W, BORDER_FRONT, BORDER_TOP, BORDER_LEFT };
/* Outputs of a phase: extents, the first one and steps in positions of y; its packed weights; then the
 * weights of its taps, then the same taps as runs of neighbouring whole numbers in the border. */
enum { IPH_D, IPH_H, IPH_W, IPH_Y, IPH_Y_D, IPH_Y_H, IPH_Y_W, IPH_PACKED, IPH_TAPS, IPH_RUNS, IPH_LISTS };
enum { RUN_OFFSET, RUN_LENGTH, RUN_WORDS };

/* Geometry of the kernels by Winograd: 3x3 windows of stride 1; C and OC are multiples of 16. */
enum {
  WIN_N, WIN_UNIT, WIN_ID, WIN_IH, WIN_IW, WIN_C, WIN_OC, WIN_OD, WIN_OH, WIN_OW, WIN_KD,
  WIN_FRONT, WIN_TOP,      /* border before the first position; on the left as on top */
  WIN_C_STEP, WIN_OC_STEP, /* of the weights of a tap */
  WIN_FLIP,                /* 1: the taps in reverse order */
  WIN_WORDS
};

/* Geometry of backward-weight on whole numbers; the words of Winograd's come first. */
enum {
  IWG_KH = WIN_WORDS, IWG_KW, IWG_STRIDE,
  IWG_WINOGRAD,            /* 1: panels hold transformed tiles, 0: gathered positions */
  IWG_ROWS,                /* of a panel: KD * C, or all taps times C, made even */
  IWG_UNIT_PAIRS,          /* pairs of a unit of images */
  IWG_SLAB_PAIRS,          /* pairs of all units of a slab */
  IWG_ROW_GROUP,           /* rows of a unit of integer_sums, and of a block of a panel */
  IWG_BORDER, IWG_RUNS = IWG_BORDER + 6, IWG_FIRST_RUN
};
#define COLUMN_GROUP 64    /* columns of a unit of integer_sums, and of a block of a panel */

#endif
