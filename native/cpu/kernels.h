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

/* Geometry of a tap product (convolution forward and backward-input, linear): offsets in floats. */
enum {
  TAP_OD, TAP_OH, TAP_OW, TAP_C, TAP_OC,
  TAP_X_IMAGE, TAP_X_DEPTH, TAP_X_ROW, TAP_X_STEP,
  TAP_Y_IMAGE, TAP_Y_DEPTH, TAP_Y_ROW, TAP_Y_STEP,
  TAP_COUNT, TAP_OFFSETS
};

/* Geometry of backward-weight. A row is one (image, od, oh); chunks are runs of rows. */
enum {
  WG_OD, WG_OH, WG_OW, WG_OC, WG_SPAN, WG_KD, WG_KH,
  WG_X_IMAGE, WG_X_DEPTH, WG_X_ROW, WG_X_STEP, WG_STRIDE,
  WG_GROUP_ROWS, WG_CHUNK_ROWS, WG_BLOCK, WG_WORDS
};

/* Geometry of chunked channel sums: positions are rows of ROW_POSITIONS. */
enum { SUM_C, SUM_ROW_POSITIONS, SUM_GROUP_ROWS, SUM_CHUNK_ROWS, SUM_WORDS };

/* Geometry of pooling; PAD_* of copying into a zero border. */
enum {
  POOL_ID, POOL_IH, POOL_IW, POOL_C, POOL_OD, POOL_OH, POOL_OW,
  POOL_KD, POOL_KH, POOL_KW, POOL_STRIDE, POOL_WORDS
};
enum { PAD_D, PAD_H, PAD_W, PAD_C, PAD_OUT_D, PAD_OUT_H, PAD_OUT_W, PAD_FRONT, PAD_TOP, PAD_LEFT, PAD_WORDS };

#endif
