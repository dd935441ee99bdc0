// SPDX-License-Identifier: Apache-2.0
/* What a library built with -ffast-math does: it sets flush-to-zero and denormals-are-zero in the
 * thread that loads it, and again in a thread that calls it (as one that loads sub-libraries does). */
#if defined(__x86_64__)
#include <immintrin.h>
static void flush(void) { _mm_setcsr(_mm_getcsr() | 0x8040u); }
#elif defined(__aarch64__)
#include <stdint.h>
static void flush(void) { __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)1 << 24)); }
#else
static void flush(void) {}
#endif
__attribute__((constructor)) static void loaded(void) { flush(); }
__attribute__((visibility("default"))) int flushing_call(void) {
  flush();
  return 0;
}
