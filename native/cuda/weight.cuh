// SPDX-License-Identifier: Apache-2.0
/* ---- backward-weight: part[chunk][t][c][n] = chain over positions of x(position + tap t)[c] * gy[n] ----
 * Shapes: x [images][D][H][W][C]; gy [images][OD][OH][OW][N]; part [chunk][taps][C][N].
 * Order: one fma chain from +0 within a chunk, positions ascending; a position outside x takes part
 * as +0; chunks meet in reduce_tree. Linear layers: one position, one tap.
 *
 * A block computes BM rows (t, c) times BN channels of one chunk, a thread 8 x 8 of them. Tiles of
 * DEPTH positions travel to shared memory while the tile before is used. */

struct Weight {
  int D, H, W, C, OD, OH, OW, N;
  int stride, padD, padH, padW, taps;
  int groupRows, chunkRows; /* rows of gy: one image, od, oh */
};

template <int BM, int BN>
struct alignas(16) WeightTiles {
  float x[2][DEPTH * BM];
  float g[2][DEPTH * BN];
  Long from[2][DEPTH];
  int d[2][DEPTH], h[2][DEPTH], w[2][DEPTH];
};

template <int BM, int BN, int VEC>
INLINE void weight(const float *__restrict__ x, const float *__restrict__ gy,
                   float *__restrict__ part, const int *__restrict__ taps, const Weight &p,
                   int firstChunk, WeightTiles<BM, BN> &s) {
  const int THREADS = BM * BN / 64, t = threadIdx.x;
  const int M = p.taps * p.C, blocksN = (p.N + BN - 1) / BN;
  const int m0 = blockIdx.x / blocksN * BM, n0 = blockIdx.x % blocksN * BN;
  const int perGroup = (p.groupRows + p.chunkRows - 1) / p.chunkRows;
  const int chunk = firstChunk + blockIdx.y;
  const int inGroup = chunk % perGroup * p.chunkRows;
  const int begin = chunk / perGroup * p.groupRows + inGroup;
  const int last = inGroup + p.chunkRows < p.groupRows ? inGroup + p.chunkRows : p.groupRows;
  const int count = (last - inGroup) * p.OW, tiles = (count + DEPTH - 1) / DEPTH;
  const float *g = gy + (Long)begin * p.OW * p.N;

  /* This thread copies the same row (t, c), or a run of VEC of them, of several positions. */
  const int m = m0 + t % (BM / VEC) * VEC, tap = m / p.C;
  const bool real = m < M;
  const int dd = real ? taps[3 * tap] : 0, dh = real ? taps[3 * tap + 1] : 0;
  const int dw = real ? taps[3 * tap + 2] : 0;
  const Long offset = (((Long)dd * p.H + dh) * p.W + dw) * p.C + m % p.C;

  auto locate = [&](int tile) { /* by the first DEPTH threads: origins of the tile's positions */
    const int at = tile * DEPTH + t, row = begin + at / p.OW, stage = tile % 2;
    const int h = row % p.OH * p.stride - p.padH, w = at % p.OW * p.stride - p.padW;
    const int d = row / p.OH % p.OD * p.stride - p.padD, n = row / p.OH / p.OD;
    s.d[stage][t] = d;
    s.h[stage][t] = h;
    s.w[stage][t] = w;
    s.from[stage][t] = ((((Long)n * p.D + d) * p.H + h) * p.W + w) * p.C;
  };
  auto load = [&](int tile) {
    const int stage = tile % 2;
#pragma unroll
    for (int j = 0; j < DEPTH * BM / VEC / THREADS; j++) {
      const int i = t + j * THREADS, k = i / (BM / VEC);
      float *to = &s.x[stage][i * VEC];
      const bool inside = real && (unsigned)(s.d[stage][k] + dd) < (unsigned)p.D &&
                          (unsigned)(s.h[stage][k] + dh) < (unsigned)p.H &&
                          (unsigned)(s.w[stage][k] + dw) < (unsigned)p.W;
      if (tile * DEPTH + k >= count)
        for (int v = 0; v < VEC; v++) to[v] = NEUTRAL;
      else if (VEC == 4)
        copy16(to, inside ? x + s.from[stage][k] + offset : x, inside);
      else
        copy4(to, inside ? x + s.from[stage][k] + offset : x, inside);
    }
#pragma unroll
    for (int j = 0; j < DEPTH * BN / VEC / THREADS; j++) {
      const int i = t + j * THREADS, at = tile * DEPTH + i / (BN / VEC), n = n0 + i % (BN / VEC) * VEC;
      const bool inside = at < count && n < p.N;
      const float *from = inside ? g + (Long)at * p.N + n : g;
      if (VEC == 4) copy16(&s.g[stage][i * VEC], from, inside);
      else copy4(&s.g[stage][i * VEC], from, inside);
    }
  };

  const int warp = t / 32, warpsN = BN / 64;
  const int tn = t % 8 + warp % warpsN * 8, tm = t % 32 / 8 + warp / warpsN * 4;
  float acc[8][8];
#pragma unroll
  for (int i = 0; i < 8; i++)
#pragma unroll
    for (int j = 0; j < 8; j++) acc[i][j] = 0.0f;

  if (t < DEPTH) {
    locate(0);
    locate(1);
  }
  __syncthreads();
  load(0);
  for (int tile = 0; tile < tiles; tile++) {
    copies_arrived();
    __syncthreads();
    if (tile + 1 < tiles) load(tile + 1);
    if (t < DEPTH) locate(tile + 2);
    const float *xs = s.x[tile % 2] + tm * 4, *gs = s.g[tile % 2] + tn * 4;
#pragma unroll
    for (int k = 0; k < DEPTH; k++) {
      float a[8], b[8];
      load4(&a[0], &xs[k * BM]);
      load4(&a[4], &xs[k * BM + BM / 2]);
      load4(&b[0], &gs[k * BN]);
      load4(&b[4], &gs[k * BN + BN / 2]);
#pragma unroll
      for (int i = 0; i < 8; i++)
#pragma unroll
        for (int j = 0; j < 8; j++) acc[i][j] = __fmaf_rn(a[i], b[j], acc[i][j]);
    }
  }
#pragma unroll
  for (int i = 0; i < 8; i++) {
    const int row = m0 + tm * 4 + i % 4 + i / 4 * (BM / 2);
    if (row >= M) continue;
#pragma unroll
    for (int half = 0; half < 2; half++) {
      const int n = n0 + tn * 4 + half * (BN / 2);
      float *to = part + ((Long)blockIdx.y * M + row) * p.N + n;
      if (VEC == 4 && n < p.N) store4(to, &acc[i][half * 4]);
      else if (VEC == 1)
        for (int j = 0; j < 4; j++)
          if (n + j < p.N) to[j] = acc[i][half * 4 + j];
    }
  }
}

#define WEIGHT(name, BM, BN, VEC, blocks)                                                        \
  KERNEL(BM *BN / 64, blocks, name, const float *x, const float *gy, float *part, const int *taps, \
         const Weight p, int firstChunk) {                                                       \
    SHARED WeightTiles<BM, BN> s;                                                                \
    weight<BM, BN, VEC>(x, gy, part, taps, p, firstChunk, s);                                    \
  }

WEIGHT(weight_128x128_runs, 128, 128, 4, 2)
WEIGHT(weight_128x64_runs, 128, 64, 4, 4)
WEIGHT(weight_64x64_runs, 64, 64, 4, 8)
WEIGHT(weight_64x64, 64, 64, 1, 8)
