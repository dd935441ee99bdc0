// SPDX-License-Identifier: Apache-2.0
/* exp and log of docs/arithmetic.md: binary64, fixed fma polynomial, rounded once to binary32.
 * Operation for operation the same as dev.unerring.base.OrderedMath; one source for C and CUDA. */
#ifndef UNERRING_ORDERED_MATH_H
#define UNERRING_ORDERED_MATH_H

#ifdef __CUDACC__
#define ORDERED static __device__ __forceinline__
#define ORDERED_FMA __fma_rn
ORDERED float canonical_nan(void) { return __int_as_float(0x7fc00000); }
ORDERED float infinity(void) { return __int_as_float(0x7f800000); }
ORDERED double double_of_bits(unsigned long long bits) { return __longlong_as_double((long long)bits); }
ORDERED unsigned long long bits_of_double(double value) { return (unsigned long long)__double_as_longlong(value); }
#else
#include <stdint.h>
#include <string.h>

#define ORDERED static inline
#define ORDERED_FMA __builtin_fma
ORDERED float canonical_nan(void) {
  const uint32_t bits = 0x7fc00000u;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

ORDERED float infinity(void) { return __builtin_inff(); }

ORDERED double double_of_bits(unsigned long long bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

ORDERED unsigned long long bits_of_double(double value) {
  unsigned long long bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}
#endif

#define LN2_HIGH 0x1.62e42fefa3800p-1
#define LN2_LOW 0x1.ef35793c76730p-45

ORDERED float ordered_exp(float x) {
  if (x != x) return canonical_nan();
  if (x > 89.0f) return infinity();
  if (x < -104.0f) return 0.0f;
  const double v = x;
  const double n = (v * 0x1.71547652b82fep0 + 0x1.8p52) - 0x1.8p52;
  double r = ORDERED_FMA(-n, LN2_HIGH, v);
  r = ORDERED_FMA(-n, LN2_LOW, r);
  double p = 1.0 / 6227020800.0;
  p = ORDERED_FMA(p, r, 1.0 / 479001600.0);
  p = ORDERED_FMA(p, r, 1.0 / 39916800.0);
  p = ORDERED_FMA(p, r, 1.0 / 3628800.0);
  p = ORDERED_FMA(p, r, 1.0 / 362880.0);
  p = ORDERED_FMA(p, r, 1.0 / 40320.0);
  p = ORDERED_FMA(p, r, 1.0 / 5040.0);
  p = ORDERED_FMA(p, r, 1.0 / 720.0);
  p = ORDERED_FMA(p, r, 1.0 / 120.0);
  p = ORDERED_FMA(p, r, 1.0 / 24.0);
  p = ORDERED_FMA(p, r, 1.0 / 6.0);
  p = ORDERED_FMA(p, r, 0.5);
  p = ORDERED_FMA(p, r, 1.0);
  p = ORDERED_FMA(p, r, 1.0);
  return (float)(p * double_of_bits((unsigned long long)((long long)n + 1023) << 52));
}

ORDERED float ordered_log(float x) {
  if (x != x || x < 0.0f) return canonical_nan();
  if (x == 0.0f) return -infinity();
  if (x == infinity()) return x;
  const double value = x;
  const unsigned long long bits = bits_of_double(value);
  double e = (double)((long long)(bits >> 52) - 1023);
  double m = double_of_bits((bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull);
  if (m > 0x1.6a09e667f3bcdp0) {
    m = m * 0.5;
    e = e + 1.0;
  }
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double p = 1.0 / 23.0;
  p = ORDERED_FMA(p, z, 1.0 / 21.0);
  p = ORDERED_FMA(p, z, 1.0 / 19.0);
  p = ORDERED_FMA(p, z, 1.0 / 17.0);
  p = ORDERED_FMA(p, z, 1.0 / 15.0);
  p = ORDERED_FMA(p, z, 1.0 / 13.0);
  p = ORDERED_FMA(p, z, 1.0 / 11.0);
  p = ORDERED_FMA(p, z, 1.0 / 9.0);
  p = ORDERED_FMA(p, z, 1.0 / 7.0);
  p = ORDERED_FMA(p, z, 1.0 / 5.0);
  p = ORDERED_FMA(p, z, 1.0 / 3.0);
  p = p * z;
  const double t = 2.0 * s;
  const double low = ORDERED_FMA(t, p, e * LN2_LOW);
  return (float)(ORDERED_FMA(e, LN2_HIGH, t) + low);
}

#endif
