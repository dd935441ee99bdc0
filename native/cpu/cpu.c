// SPDX-License-Identifier: Apache-2.0
/* Which kernel sets this processor can run. */
#include "kernels.h"

#define EXPORT __attribute__((visibility("default")))

/* Bit 0 portable, 1 avx2, 2 avx512, 3 neon, 4 the integer products of avx512 with VNNI; the operating system's consent included. */
EXPORT int64_t unerring_kernel_sets(void) {
  int64_t sets = 1;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets |= 2;
  if ((sets & 2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
    sets |= 4;
  if ((sets & 4) && __builtin_cpu_supports("avx512vnni")) sets |= 16;
#elif defined(__aarch64__)
  sets |= 8;
#endif
  return sets;
}

/* Version of the kernels' interface: the Java side refuses a library with another number. */
EXPORT int64_t unerring_kernel_version(void) { return 6; }

#define TOLD(layout, field) " " #field
/* The fields of all geometry words: a line each layout. */
EXPORT const char *unerring_layouts(void) {
  return "BOX" BOX_FIELDS(TOLD) "\nTAP" TAP_FIELDS(TOLD) "\nPHASE" PHASE_FIELDS(TOLD)
         "\nPACK" PACK_FIELDS(TOLD) "\nPACKED" PACKED_FIELDS(TOLD) "\nWG" WG_FIELDS(TOLD)
         "\nSUM" SUM_FIELDS(TOLD) "\nPOOL" POOL_FIELDS(TOLD) "\n";
}
