// SPDX-License-Identifier: Apache-2.0
// The limits of this processor: fused multiply-adds in registers, and memory read and written.
// No threads here: Java threads call these at the same time.
#include <stddef.h>

#define EXPORT __attribute__((visibility("default")))
#define ACCUMULATORS 12

// Accumulators that depend on nothing but themselves: enough of them to hide the latency of two
// units, few enough to stay in the 16 registers of AVX2.
#define PEAK(type, set, fma)                                   \
  type a[ACCUMULATORS];                                        \
  type scale = set(0.999f);                                    \
  type shift = set(0.001f);                                    \
  for (int i = 0; i < ACCUMULATORS; i++) a[i] = set((float)i); \
  for (long n = 0; n < rounds; n++) {                          \
    _Pragma("GCC unroll 12")                                   \
    for (int i = 0; i < ACCUMULATORS; i++) a[i] = fma;         \
  }                                                            \
  type sum = a[0];                                             \
  for (int i = 1; i < ACCUMULATORS; i++) sum = sum + a[i];     \
  return sum[0];

#if defined(__x86_64__)
#include <immintrin.h>

static __attribute__((target("avx2,fma"))) float peak_256(long rounds) {
  PEAK(__m256, _mm256_set1_ps, _mm256_fmadd_ps(a[i], scale, shift))
}

static __attribute__((target("avx512f"))) float peak_512(long rounds) {
  PEAK(__m512, _mm512_set1_ps, _mm512_fmadd_ps(a[i], scale, shift))
}

static int has(int bits) {
  __builtin_cpu_init();
  if (bits == 512) return __builtin_cpu_supports("avx512f");
  return bits == 256 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static float run(int bits, long rounds) { return bits == 512 ? peak_512(rounds) : peak_256(rounds); }

#elif defined(__aarch64__)
#include <arm_neon.h>

static float peak_128(long rounds) {
  PEAK(float32x4_t, vdupq_n_f32, vfmaq_f32(shift, a[i], scale))
}

static int has(int bits) { return bits == 128; }

static float run(int bits, long rounds) { return bits == 128 ? peak_128(rounds) : 0.0f; }

#else
static int has(int bits) { return bits < 0; }
static float run(int bits, long rounds) { return (float)(bits * rounds); }
#endif

// Whether vectors of so many bits can be measured here.
EXPORT int bench_has_width(int bits) { return has(bits); }

// rounds * 12 fused multiply-adds of bits / 32 lanes.
EXPORT float bench_peak(int bits, long rounds) { return run(bits, rounds); }

// Reads one run of floats and writes another, as a layer that computes next to nothing would.
EXPORT float bench_memory(const float *read, long reads, float *write, long writes) {
  float sum[64] = {0};
  for (long i = 0; i + 64 <= reads; i += 64) {
    for (int j = 0; j < 64; j++) sum[j] += read[i + j];
  }
  float value = 0.0f;
  for (int j = 0; j < 64; j++) value += sum[j];
  for (long i = 0; i < writes; i++) write[i] = value;
  return value;
}
