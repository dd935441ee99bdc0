/* exp and log of docs/arithmetic.md: binary64, fixed fma polynomial, rounded once to binary32.
 * Operation for operation the same as dev.unerring.base.OrderedMath. */
#ifndef UNERRING_ORDERED_MATH_H
#define UNERRING_ORDERED_MATH_H

#include <stdint.h>
#include <string.h>

static inline float canonical_nan(void) {
  const uint32_t bits = 0x7fc00000u;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline double double_of_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

#define LN2_HIGH 0x1.62e42fefa3800p-1
#define LN2_LOW 0x1.ef35793c76730p-45

static inline float ordered_exp(float x) {
  if (x != x) return canonical_nan();
  if (x > 89.0f) return __builtin_inff();
  if (x < -104.0f) return 0.0f;
  const double v = x;
  const double n = (v * 0x1.71547652b82fep0 + 0x1.8p52) - 0x1.8p52;
  double r = __builtin_fma(-n, LN2_HIGH, v);
  r = __builtin_fma(-n, LN2_LOW, r);
  double p = 1.0 / 6227020800.0;
  p = __builtin_fma(p, r, 1.0 / 479001600.0);
  p = __builtin_fma(p, r, 1.0 / 39916800.0);
  p = __builtin_fma(p, r, 1.0 / 3628800.0);
  p = __builtin_fma(p, r, 1.0 / 362880.0);
  p = __builtin_fma(p, r, 1.0 / 40320.0);
  p = __builtin_fma(p, r, 1.0 / 5040.0);
  p = __builtin_fma(p, r, 1.0 / 720.0);
  p = __builtin_fma(p, r, 1.0 / 120.0);
  p = __builtin_fma(p, r, 1.0 / 24.0);
  p = __builtin_fma(p, r, 1.0 / 6.0);
  p = __builtin_fma(p, r, 0.5);
  p = __builtin_fma(p, r, 1.0);
  p = __builtin_fma(p, r, 1.0);
  return (float)(p * double_of_bits((uint64_t)((int64_t)n + 1023) << 52));
}

static inline float ordered_log(float x) {
  if (x != x || x < 0.0f) return canonical_nan();
  if (x == 0.0f) return -__builtin_inff();
  if (x == __builtin_inff()) return x;
  const double value = x;
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  double e = (double)((int64_t)(bits >> 52) - 1023);
  double m = double_of_bits((bits & 0x000fffffffffffffull) | 0x3ff0000000000000ull);
  if (m > 0x1.6a09e667f3bcdp0) {
    m = m * 0.5;
    e = e + 1.0;
  }
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double p = 1.0 / 23.0;
  p = __builtin_fma(p, z, 1.0 / 21.0);
  p = __builtin_fma(p, z, 1.0 / 19.0);
  p = __builtin_fma(p, z, 1.0 / 17.0);
  p = __builtin_fma(p, z, 1.0 / 15.0);
  p = __builtin_fma(p, z, 1.0 / 13.0);
  p = __builtin_fma(p, z, 1.0 / 11.0);
  p = __builtin_fma(p, z, 1.0 / 9.0);
  p = __builtin_fma(p, z, 1.0 / 7.0);
  p = __builtin_fma(p, z, 1.0 / 5.0);
  p = __builtin_fma(p, z, 1.0 / 3.0);
  p = p * z;
  const double t = 2.0 * s;
  const double low = __builtin_fma(t, p, e * LN2_LOW);
  return (float)(__builtin_fma(e, LN2_HIGH, t) + low);
}

#endif
