// SPDX-License-Identifier: Apache-2.0
/* ---- operands of cuDNN and cuBLAS: their layout and their number format ----
 * Shapes: activations [positions][channels]; filters here [taps][ic][oc], there [oc][taps][channels],
 * where channels is ic filled up with zeros. A bfloat16 is the upper half of a float, rounded to the
 * nearest, ties to even. */

typedef unsigned short Bfloat;

INLINE void convert(float *to, float v) { *to = v; }
INLINE void convert(Bfloat *to, float v) {
  const unsigned bits = __float_as_uint(v);
  *to = v != v ? (Bfloat)0x7fc0 : (Bfloat)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
}
INLINE float real(float v) { return v; }
INLINE float real(Bfloat v) { return __uint_as_float((unsigned)v << 16); }

/* to [positions][channels] = x [positions][C], zeros behind */
template <class T>
INLINE void pack_rows(const float *x, T *to, int C, int channels, Long elements) {
  if (C == channels)
    EACH(i, elements) convert(to + i, x[i]);
  else EACH(i, elements) {
    const int c = (int)(i % channels);
    convert(to + i, c < C ? x[i / channels * C + c] : 0.0f);
  }
}
KERNEL(256, 8, pack_float, const float *x, float *to, int C, int channels, Long elements) {
  pack_rows(x, to, C, channels, elements);
}
KERNEL(256, 8, pack_bfloat, const float *x, Bfloat *to, int C, int channels, Long elements) {
  pack_rows(x, to, C, channels, elements);
}

/* y [positions][C] = from [positions][channels] without what is behind, plus bias [C] unless null;
 * a thread keeps its channel, see normalization.cuh */
template <class T>
INLINE void unpack_rows(const T *from, const float *bias, float *y, int channels, int C, Long stride,
                        Long elements) {
  const float summand = bias ? bias[CHANNEL] : 0.0f;
  EACH_OF_THE_CHANNEL(i) {
    const float v = real(from[C == channels ? i : i / C * channels + i % C]);
    y[i] = bias ? __fadd_rn(v, summand) : v;
  }
}
KERNEL(256, 8, unpack_float, const float *from, const float *bias, float *y, int channels, int C,
       Long stride, Long elements) {
  unpack_rows(from, bias, y, channels, C, stride, elements);
}
KERNEL(256, 8, unpack_bfloat, const Bfloat *from, const float *bias, float *y, int channels, int C,
       Long stride, Long elements) {
  unpack_rows(from, bias, y, channels, C, stride, elements);
}

/* to [oc][taps][channels] = w [taps][ic][oc], zeros behind; a block turns 32 x 32 of one tap */
template <class T>
INLINE void pack_tap(const float *w, T *to, int taps, int IC, int OC, int channels,
                     float tile[32][33]) {
  const int tiles = (channels + 31) / 32, tap = blockIdx.y;
  const int ic0 = blockIdx.x % tiles * 32, oc0 = blockIdx.x / tiles * 32;
  const int lane = threadIdx.x % 32, first = threadIdx.x / 32;
  for (int i = first; i < 32; i += 8)
    tile[i][lane] = ic0 + i < IC && oc0 + lane < OC
                        ? w[((Long)tap * IC + ic0 + i) * OC + oc0 + lane] : 0.0f;
  __syncthreads();
  for (int i = first; i < 32; i += 8)
    if (oc0 + i < OC && ic0 + lane < channels)
      convert(to + ((Long)(oc0 + i) * taps + tap) * channels + ic0 + lane, tile[lane][i]);
}
KERNEL(256, 1, pack_filter_float, const float *w, float *to, int taps, int IC, int OC, int channels) {
  SHARED float tile[32][33];
  pack_tap(w, to, taps, IC, OC, channels, tile);
}
KERNEL(256, 1, pack_filter_bfloat, const float *w, Bfloat *to, int taps, int IC, int OC,
       int channels) {
  SHARED float tile[32][33];
  pack_tap(w, to, taps, IC, OC, channels, tile);
}

/* w [taps][ic][oc] = from [oc][taps][channels] without what is behind */
template <class T>
INLINE void unpack_tap(const T *from, float *w, int taps, int IC, int OC, int channels,
                       float tile[32][33]) {
  const int tiles = (IC + 31) / 32, tap = blockIdx.y;
  const int ic0 = blockIdx.x % tiles * 32, oc0 = blockIdx.x / tiles * 32;
  const int lane = threadIdx.x % 32, first = threadIdx.x / 32;
  for (int i = first; i < 32; i += 8)
    if (oc0 + i < OC && ic0 + lane < IC)
      tile[i][lane] = real(from[((Long)(oc0 + i) * taps + tap) * channels + ic0 + lane]);
  __syncthreads();
  for (int i = first; i < 32; i += 8)
    if (ic0 + i < IC && oc0 + lane < OC)
      w[((Long)tap * IC + ic0 + i) * OC + oc0 + lane] = tile[lane][i];
}
KERNEL(256, 1, unpack_filter_float, const float *from, float *w, int taps, int IC, int OC,
       int channels) {
  SHARED float tile[32][33];
  unpack_tap(from, w, taps, IC, OC, channels, tile);
}
KERNEL(256, 1, unpack_filter_bfloat, const Bfloat *from, float *w, int taps, int IC, int OC,
       int channels) {
  SHARED float tile[32][33];
  unpack_tap(from, w, taps, IC, OC, channels, tile);
}
