// SPDX-License-Identifier: Apache-2.0
/* ---- tap product: y[row][n] = chain over taps t, channels c of x[row + tap t][c] * w[t][c][n] ----
 * Carries out convolution forward and backward-input, and linear layers (one position, one tap).
 * Shapes: x [images][D][H][W][C]; w [taps][C][N]; bias [N] or null; y [images][OD][OH][OW][N].
 * Order: one fma chain from +0 an output, t ascending, then c; a tap outside x takes part as +0; the
 * bias is added after the chain.
 *
 * A block computes BM rows times BN channels, a thread 8 x 8 of them. Tiles of DEPTH links of the
 * chain travel to shared memory while the tile before is used: x as [row][link], so that a thread
 * reads four links of a row at once; w as [link][channel]. */

struct Product {
  int rowsD, rowsH, rowsW, rows; /* rows of one image, rows of all */
  int stride, padD, padH, padW;  /* origin of a row in x: index * stride - pad */
  int D, H, W, C;
  int taps, N;
  int outStride, outD, outH, outW; /* place of a row in y: index * outStride + out */
  int OD, OH, OW;
};

enum { DEPTH = 16, PITCH = DEPTH + 4, OUTSIDE = -(1 << 30) };

template <int BM, int BN>
struct alignas(16) ProductTiles {
  float x[2][BM * PITCH];
  float w[2][DEPTH * BN];
  Long from[BM];
  int d[BM], h[BM], w0[BM];
};

template <int BM, int BN, int VEC>
INLINE void product(const float *__restrict__ x, const float *__restrict__ w,
                    const float *__restrict__ bias, float *__restrict__ y,
                    const int *__restrict__ taps, const Product &p, ProductTiles<BM, BN> &s) {
  const int THREADS = BM * BN / 64, t = threadIdx.x;
  const int blocksN = (p.N + BN - 1) / BN;
  const int row0 = blockIdx.x / blocksN * BM, n0 = blockIdx.x % blocksN * BN;
  const int K = p.taps * p.C;
  for (int i = t; i < BM; i += THREADS) {
    const int row = row0 + i, h = row / p.rowsW, d = h / p.rowsH;
    s.d[i] = row < p.rows ? d % p.rowsD * p.stride - p.padD : OUTSIDE;
    s.h[i] = h % p.rowsH * p.stride - p.padH;
    s.w0[i] = row % p.rowsW * p.stride - p.padW;
    s.from[i] = ((((Long)(d / p.rowsD) * p.D + s.d[i]) * p.H + s.h[i]) * p.W + s.w0[i]) * p.C;
  }
  /* This thread copies one link, or a run of VEC links, of several rows. */
  const int LINKS = DEPTH / VEC, link = t % LINKS * VEC;
  int tap = link / p.C, c = link % p.C;

  auto load = [&](int tile, int stage) {
    int dd = 0, dh = 0, dw = 0;
    const bool real = tap < p.taps;
    if (real) {
      dd = taps[3 * tap];
      dh = taps[3 * tap + 1];
      dw = taps[3 * tap + 2];
    }
    const Long offset = (((Long)dd * p.H + dh) * p.W + dw) * p.C + c;
#pragma unroll
    for (int j = 0; j < BM * LINKS / THREADS; j++) {
      const int i = t / LINKS + j * (THREADS / LINKS);
      float *to = &s.x[stage][i * PITCH + link];
      const bool inside = (unsigned)(s.d[i] + dd) < (unsigned)p.D &&
                          (unsigned)(s.h[i] + dh) < (unsigned)p.H &&
                          (unsigned)(s.w0[i] + dw) < (unsigned)p.W;
      if (!real)
        for (int v = 0; v < VEC; v++) to[v] = NEUTRAL;
      else if (VEC == 4)
        copy16(to, inside ? x + s.from[i] + offset : x, inside);
      else
        copy4(to, inside ? x + s.from[i] + offset : x, inside);
    }
#pragma unroll
    for (int j = 0; j < DEPTH * BN / VEC / THREADS; j++) {
      const int i = t + j * THREADS;
      const int k = tile * DEPTH + i / (BN / VEC), n = n0 + i % (BN / VEC) * VEC;
      const bool inside = k < K && n < p.N;
      const float *from = inside ? w + (Long)k * p.N + n : w;
      if (VEC == 4) copy16(&s.w[stage][i * VEC], from, inside);
      else copy4(&s.w[stage][i * VEC], from, inside);
    }
    c += DEPTH;
    while (c >= p.C) {
      c -= p.C;
      tap++;
    }
  };

  /* Lanes of a warp cover 4 x 8 threads' tiles. */
  const int warp = t / 32, warpsN = BN / 64;
  const int tn = t % 8 + warp % warpsN * 8, tm = t % 32 / 8 + warp / warpsN * 4;
  float acc[8][8];
#pragma unroll
  for (int i = 0; i < 8; i++)
#pragma unroll
    for (int j = 0; j < 8; j++) acc[i][j] = 0.0f;

  const int tiles = (K + DEPTH - 1) / DEPTH;
  __syncthreads();
  if (tiles > 0) load(0, 0);
  for (int tile = 0; tile < tiles; tile++) {
    copies_arrived();
    __syncthreads();
    if (tile + 1 < tiles) load(tile + 1, (tile + 1) % 2);
    const float *xs = s.x[tile % 2] + tm * PITCH, *ws = s.w[tile % 2] + tn * 4;
#pragma unroll
    for (int k = 0; k < DEPTH; k += 4) {
      float b[4][8];
#pragma unroll
      for (int q = 0; q < 4; q++) {
        load4(&b[q][0], &ws[(k + q) * BN]);
        load4(&b[q][4], &ws[(k + q) * BN + BN / 2]);
      }
#pragma unroll
      for (int i = 0; i < 8; i++) {
        float a[4];
        load4(a, &xs[i * (BM / 8) * PITCH + k]);
#pragma unroll
        for (int q = 0; q < 4; q++)
#pragma unroll
          for (int j = 0; j < 8; j++) acc[i][j] = __fmaf_rn(a[q], b[q][j], acc[i][j]);
      }
    }
  }
#pragma unroll
  for (int i = 0; i < 8; i++) {
    const int row = row0 + tm + i * (BM / 8);
    if (row >= p.rows) continue;
    const int h = row / p.rowsW, d = h / p.rowsH;
    const Long place =
        (((Long)(d / p.rowsD) * p.OD + d % p.rowsD * p.outStride + p.outD) * p.OH +
         h % p.rowsH * p.outStride + p.outH) * p.OW + row % p.rowsW * p.outStride + p.outW;
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const int n = n0 + tn * 4 + half * (BN / 2);
      float *to = y + place * p.N + n;
      float value[4];
#pragma unroll
      for (int j = 0; j < 4; j++)
        value[j] = bias && n + j < p.N ? __fadd_rn(acc[i][half * 4 + j], bias[n + j])
                                       : acc[i][half * 4 + j];
      if (VEC == 4 && n < p.N) store4(to, value);
      else if (VEC == 1)
        for (int j = 0; j < 4; j++)
          if (n + j < p.N) to[j] = value[j];
    }
  }
}

#define PRODUCT(name, BM, BN, VEC, blocks)                                                   \
  KERNEL(BM *BN / 64, blocks, name, const float *x, const float *w, const float *bias, float *y, \
         const int *taps, const Product p) {                                                 \
    SHARED ProductTiles<BM, BN> s;                                                           \
    product<BM, BN, VEC>(x, w, bias, y, taps, p, s);                                         \
  }

/* Runs of 4: C and N are multiples of 4 and every address is one of 16 bytes. */
PRODUCT(product_128x128_runs, 128, 128, 4, 2)
PRODUCT(product_128x64_runs, 128, 64, 4, 4)
PRODUCT(product_64x64_runs, 64, 64, 4, 8)
PRODUCT(product_64x64, 64, 64, 1, 8)

/* Weights for backward-input: packed [tap of the list][oc][ic] of w [tap][ic][oc]. */
KERNEL(256, 1, turn_weights, const float *w, float *packed, const int *list, int taps, int IC,
       int OC) {
  SHARED float tile[32][33];
  const int tilesI = (IC + 31) / 32, tap = blockIdx.y;
  const int ic0 = blockIdx.x % tilesI * 32, oc0 = blockIdx.x / tilesI * 32;
  const int lane = threadIdx.x % 32, first = threadIdx.x / 32;
  const float *from = w + (Long)list[tap] * IC * OC;
  for (int i = first; i < 32; i += 8)
    if (ic0 + i < IC && oc0 + lane < OC) tile[i][lane] = from[(Long)(ic0 + i) * OC + oc0 + lane];
  __syncthreads();
  for (int i = first; i < 32; i += 8)
    if (oc0 + i < OC && ic0 + lane < IC)
      packed[((Long)tap * OC + oc0 + i) * IC + ic0 + lane] = tile[lane][i];
}
