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

/* Geometry words: each layout is a list of its fields, in order. unerring_layouts() tells them to the Java
 * side (dev.unerring.ffi.Layouts), which refuses a library whose lists are not its own. */
#define FIELD(layout, field) layout##_##field,

/* A box is a piece of a batch copied inside a border of +0. Strides in floats, extents in positions.
 * FRONT, TOP, LEFT: border before the first position. STRIDE: from one output position to the next.
 * HALO_D, HALO_H: rows that one output row reads. */
#define BOX_FIELDS(F)                                                                              \
  F(BOX, X_IMAGE) F(BOX, X_DEPTH) F(BOX, X_ROW) F(BOX, X_STEP) F(BOX, X_D) F(BOX, X_H) F(BOX, X_W) \
  F(BOX, FRONT) F(BOX, TOP) F(BOX, LEFT) F(BOX, STRIDE) F(BOX, HALO_D) F(BOX, HALO_H)              \
  F(BOX, W) F(BOX, C) F(BOX, OC)
enum { BOX_FIELDS(FIELD) BOX_WORDS };

/* Geometry of a tap product (convolution forward and backward-input, linear), behind that of its box: the
 * outputs are cut into boxes of rows; every phase computes its outputs from the same box of the input.
 *   N, D, H                   rows of the largest phase
 *   BOX_N, BOX_D, BOX_H       rows of a box
 *   COPY                      0: the input needs no border and is read in place
 *   PIXEL                     floats from position to position in a box
 *   X_IMAGE ... X_STEP        from output to output in a box
 *   CLEAR                     0, or the stride where no tap reaches some outputs
 *   C_STEP, OC_STEP           of weights that a unit packs for itself, or 0
 *   PIECE                     taps whose weights are used together, at most 64
 *   AT_CHAINS                 floats of the scratch before the chains
 *   AT_NOTE                   floats of the packed weights before the note */
#define TAP_FIELDS(F)                                                                                \
  F(TAP, N) F(TAP, D) F(TAP, H) F(TAP, BOX_N) F(TAP, BOX_D) F(TAP, BOX_H) F(TAP, COPY) F(TAP, PIXEL) \
  F(TAP, X_IMAGE) F(TAP, X_DEPTH) F(TAP, X_ROW) F(TAP, X_STEP) F(TAP, Y_IMAGE) F(TAP, Y_D)           \
  F(TAP, Y_H) F(TAP, CLEAR) F(TAP, C_STEP) F(TAP, OC_STEP) F(TAP, PIECE) F(TAP, AT_CHAINS)           \
  F(TAP, AT_NOTE) F(TAP, PHASES)
enum { TAP_BEFORE = BOX_WORDS - 1, TAP_FIELDS(FIELD) TAP_FIRST_PHASE };

/* A phase; behind it the offset of each tap, then its depth, then its height in the border. */
#define PHASE_FIELDS(F)                                                                              \
  F(PHASE, D) F(PHASE, H) F(PHASE, W) F(PHASE, Y) F(PHASE, Y_DEPTH) F(PHASE, Y_ROW) F(PHASE, Y_STEP) \
  F(PHASE, WEIGHT) F(PHASE, TAPS)
enum { PHASE_FIELDS(FIELD) PHASE_OFFSETS };

/* Where the weights of a tap go: packed [phase][block of channels][tap][C][2 * VL]. The note behind
 * them, a word that is 0 before, becomes 1 where a weight is infinite or NaN. */
#define PACK_FIELDS(F) F(PACK, C) F(PACK, OC) F(PACK, C_STEP) F(PACK, OC_STEP) F(PACK, AT_NOTE)
enum { PACK_FIELDS(FIELD) PACK_FIRST_TAP };
#define PACKED_FIELDS(F) F(PACKED, SOURCE) F(PACKED, PHASE) F(PACKED, TAPS) F(PACKED, INDEX)
enum { PACKED_FIELDS(FIELD) PACKED_WORDS };
#define PACK_UNIT 32 /* output channels of a unit: whole blocks of any kernel set */

/* Geometry of backward-weight, behind that of its box. A row is one (image, od, oh); chunks are runs of
 * rows; a unit is (run of chunks, group of output channels, group of input channels). AT_...: parts of the
 * scratch, in floats. */
#define WG_FIELDS(F)                                                                                    \
  F(WG, OD) F(WG, OH) F(WG, OW) F(WG, KD) F(WG, KH) F(WG, KW) F(WG, GROUP_ROWS) F(WG, CHUNK_ROWS)       \
  F(WG, CHUNKS) F(WG, RUN) F(WG, C_GROUP) F(WG, OC_GROUP) F(WG, AT_PANEL) F(WG, AT_PLACES) F(WG, AT_STACK)
enum { WG_BEFORE = BOX_WORDS - 1, WG_FIELDS(FIELD) WG_WORDS };

/* Geometry of chunked channel sums: positions are rows of ROW_POSITIONS. */
#define SUM_FIELDS(F) F(SUM, C) F(SUM, ROW_POSITIONS) F(SUM, GROUP_ROWS) F(SUM, CHUNK_ROWS)
enum { SUM_FIELDS(FIELD) SUM_WORDS };

/* Geometry of pooling. */
#define POOL_FIELDS(F)                                                                            \
  F(POOL, ID) F(POOL, IH) F(POOL, IW) F(POOL, C) F(POOL, OD) F(POOL, OH) F(POOL, OW) F(POOL, KD)  \
  F(POOL, KH) F(POOL, KW) F(POOL, STRIDE)
enum { POOL_FIELDS(FIELD) POOL_WORDS };

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
