// SPDX-License-Identifier: Apache-2.0
/* ---- sums over positions for each channel, in chunks, and the tree that joins them ----
 * Shapes: x, gy [positions][C]; part [chunk][C].
 * Order: within a chunk one chain from +0, positions ascending; chunks meet in reduce_tree.
 * A thread owns one (chunk, channel); it reads RUN positions ahead of its chain. */

struct Sums {
  int C, rowPositions, groupRows, chunkRows, chunks;
};

enum { RUN = 16, WIDTH = 32 };

template <class Term>
INLINE void chunk_chain(const Sums &p, int chunk, Term term) {
  const int perGroup = (p.groupRows + p.chunkRows - 1) / p.chunkRows;
  const int inGroup = chunk % perGroup * p.chunkRows;
  const int last = inGroup + p.chunkRows < p.groupRows ? inGroup + p.chunkRows : p.groupRows;
  const Long group = (Long)(chunk / perGroup) * p.groupRows;
  term((group + inGroup) * p.rowPositions, (last - inGroup) * p.rowPositions);
}

/* acc = acc + x */
KERNEL(64, 16, channel_sums, const float *__restrict__ x, float *__restrict__ part, const Sums p) {
  EACH(id, (Long)p.chunks * p.C) {
    chunk_chain(p, (int)(id / p.C), [&](Long begin, int count) {
      const float *from = x + begin * p.C + id % p.C;
      float acc = 0.0f;
      int i = 0;
      for (; i + RUN <= count; i += RUN) {
        float v[RUN];
#pragma unroll
        for (int j = 0; j < RUN; j++) v[j] = from[(Long)(i + j) * p.C];
#pragma unroll
        for (int j = 0; j < RUN; j++) acc = __fadd_rn(acc, v[j]);
      }
      for (; i < count; i++) acc = __fadd_rn(acc, from[(Long)i * p.C]);
      part[id] = acc;
    });
  }
}

/* t = x - mean; acc = fma(t, t, acc) */
KERNEL(64, 16, channel_squares, const float *__restrict__ x, const float *__restrict__ mean,
       float *__restrict__ part, const Sums p) {
  EACH(id, (Long)p.chunks * p.C) {
    chunk_chain(p, (int)(id / p.C), [&](Long begin, int count) {
      const float *from = x + begin * p.C + id % p.C;
      const float m = mean[id % p.C];
      float acc = 0.0f;
      int i = 0;
      for (; i + RUN <= count; i += RUN) {
        float v[RUN];
#pragma unroll
        for (int j = 0; j < RUN; j++) v[j] = __fsub_rn(from[(Long)(i + j) * p.C], m);
#pragma unroll
        for (int j = 0; j < RUN; j++) acc = __fmaf_rn(v[j], v[j], acc);
      }
      for (; i < count; i++) {
        const float v = __fsub_rn(from[(Long)i * p.C], m);
        acc = __fmaf_rn(v, v, acc);
      }
      part[id] = acc;
    });
  }
}

/* a = a + gy; b = fma(gy, (x - mean) * inverse, b); part [chunk][2][C] */
KERNEL(64, 16, batch_norm_sums, const float *__restrict__ x, const float *__restrict__ gy,
       const float *__restrict__ mean, const float *__restrict__ variance,
       float *__restrict__ part, const Sums p) {
  EACH(id, (Long)p.chunks * p.C) {
    chunk_chain(p, (int)(id / p.C), [&](Long begin, int count) {
      const int c = (int)(id % p.C);
      const float *from = x + begin * p.C + c, *g = gy + begin * p.C + c;
      const float m = mean[c], inverse = inverse_deviation(variance[c]);
      float a = 0.0f, b = 0.0f;
      int i = 0;
      for (; i + RUN <= count; i += RUN) {
        float v[RUN], gv[RUN];
#pragma unroll
        for (int j = 0; j < RUN; j++) {
          gv[j] = g[(Long)(i + j) * p.C];
          v[j] = __fmul_rn(__fsub_rn(from[(Long)(i + j) * p.C], m), inverse);
        }
#pragma unroll
        for (int j = 0; j < RUN; j++) {
          a = __fadd_rn(a, gv[j]);
          b = __fmaf_rn(gv[j], v[j], b);
        }
      }
      for (; i < count; i++) {
        const float gv = g[(Long)i * p.C];
        a = __fadd_rn(a, gv);
        b = __fmaf_rn(gv, __fmul_rn(__fsub_rn(from[(Long)i * p.C], m), inverse), b);
      }
      float *to = part + id / p.C * 2 * p.C + c;
      to[0] = a;
      to[p.C] = b;
    });
  }
}

/* What follows the last sum: nothing, a division, a product. */
enum { PLAIN, DIVIDED, MULTIPLIED };

#define JOIN_PAIRS(pairs)                                                       \
  _Pragma("unroll") for (int i = 0; i < pairs; i++)                             \
    v[i] = 2 * i + 1 < left ? __fadd_rn(v[2 * i], v[2 * i + 1]) : v[2 * i];     \
  left = (left + 1) / 2;

/* One step of the tree: up to WIDTH aligned partial sums become one, adjacent pairs, an odd last one
 * passes up unchanged. Shapes: part [count][elements] to sums [ceil(count / WIDTH)][elements]; of the
 * last step the elements from `half` on go to `rest`. */
KERNEL(128, 8, reduce_tree, const float *__restrict__ part, float *__restrict__ sums,
       float *__restrict__ rest, Long half, int count, Long elements, int then, float factor) {
  const int nodes = (count + WIDTH - 1) / WIDTH;
  EACH(id, nodes * elements) {
    const int first = (int)(id / elements) * WIDTH;
    const Long e = id % elements;
    int left = count - first < WIDTH ? count - first : WIDTH;
    float v[WIDTH];
#pragma unroll
    for (int i = 0; i < WIDTH; i++) v[i] = i < left ? part[(Long)(first + i) * elements + e] : 0.0f;
    JOIN_PAIRS(16) JOIN_PAIRS(8) JOIN_PAIRS(4) JOIN_PAIRS(2) JOIN_PAIRS(1)
    float sum = v[0];
    if (then == DIVIDED) sum = __fdiv_rn(sum, factor);
    if (then == MULTIPLIED) sum = __fmul_rn(sum, factor);
    if (nodes == 1 && e >= half) rest[e - half] = sum;
    else sums[id] = sum;
  }
}
