// SPDX-License-Identifier: Apache-2.0
/* vfma without an instruction for it: the bits of fmaf, for vectors of four.
 *
 * In binary64 the product of two floats is exact, and the sum has an error that TwoSum finds
 * exactly. Where there is one, the sum is rounded to odd: of its two neighbours in binary64 the one
 * with an odd last bit. Rounding that to binary32 is rounding the exact value once, because binary64
 * has more than two bits more (Boldo and Melquiond, Emulation of FMA and correctly rounded sums,
 * 2008). Infinities and NaN make the error NaN, which counts as none. No product underflows: the
 * smallest is 2^-298. */
typedef float V2 __attribute__((vector_size(8)));
typedef double D2 __attribute__((vector_size(16)));
typedef int64_t L2 __attribute__((vector_size(16)));

INLINE V2 fma_to_odd(V2 a, V2 b, V2 c) {
  const D2 product = __builtin_convertvector(a, D2) * __builtin_convertvector(b, D2);
  const D2 addend = __builtin_convertvector(c, D2);
  const D2 sum = product + addend;
  const D2 rest = sum - product;
  const D2 error = (product - (sum - rest)) + (addend - rest);
  const L2 inexact = (error > 0) | (error < 0);
  const L2 even = ((L2)sum & 1) - 1;
  const L2 outwards = ((error < 0) ^ (sum < 0)) | 1; /* 1 where error and sum have one sign, else -1 */
  return __builtin_convertvector((D2)((L2)sum + (outwards & inexact & even)), V2);
}

INLINE V vfma(V a, V b, V c) {
  const V2 low = fma_to_odd((V2){a[0], a[1]}, (V2){b[0], b[1]}, (V2){c[0], c[1]});
  const V2 high = fma_to_odd((V2){a[2], a[3]}, (V2){b[2], b[3]}, (V2){c[2], c[3]});
  return (V){low[0], low[1], high[0], high[1]};
}
