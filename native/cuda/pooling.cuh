// SPDX-License-Identifier: Apache-2.0
/* ---- pooling ----
 * Max: real positions only; NaN wins, otherwise the lowest index among equals; no padding. */

struct Pool {
  int D, H, W, C, OD, OH, OW, KD, KH, KW, stride;
};

/* Index within one image of the winner of the window at (d, h, w), and its value. */
INLINE Long winner_of(const float *image, const Pool &p, int d, int h, int w, int c, float *value) {
  Long winner = 0;
  float best = 0.0f;
  for (int kd = 0; kd < p.KD; kd++)
    for (int kh = 0; kh < p.KH; kh++)
      for (int kw = 0; kw < p.KW; kw++) {
        const Long i = (((Long)(d + kd) * p.H + h + kh) * p.W + w + kw) * p.C + c;
        const float v = image[i];
        if (kd + kh + kw == 0 || v > best || (v != v && best == best)) {
          winner = i;
          best = v;
        }
      }
  *value = best;
  return winner;
}

/* One thread an output. */
KERNEL(256, 4, max_pool_forward, const float *__restrict__ x, float *__restrict__ y, const Pool p,
       Long elements) {
  const Long size = (Long)p.D * p.H * p.W * p.C;
  EACH(i, elements) {
    const int c = (int)(i % p.C);
    const Long at = i / p.C;
    const int ow = (int)(at % p.OW), oh = (int)(at / p.OW % p.OH);
    const int od = (int)(at / p.OW / p.OH % p.OD);
    const Long n = at / p.OW / p.OH / p.OD;
    winner_of(x + n * size, p, od * p.stride, oh * p.stride, ow * p.stride, c, &y[i]);
  }
}

/* First of the windows of one extent that hold a position, and the one after the last. */
INLINE int first_window(int at, int kernel, int stride) {
  return at < kernel ? 0 : (at - kernel) / stride + 1;
}
INLINE int end_window(int at, int stride, int windows) {
  return at / stride + 1 < windows ? at / stride + 1 : windows;
}

/* One thread a position of x: gx = chain from +0 over the windows that it won, ascending. */
KERNEL(256, 4, max_pool_backward, const float *__restrict__ x, const float *__restrict__ gy,
       float *__restrict__ gx, const Pool p, Long elements) {
  const Long size = (Long)p.D * p.H * p.W * p.C;
  EACH(i, elements) {
    const int c = (int)(i % p.C);
    const Long at = i / p.C, n = i / size;
    const int w = (int)(at % p.W), h = (int)(at / p.W % p.H), d = (int)(at / p.W / p.H % p.D);
    const int endD = end_window(d, p.stride, p.OD), endH = end_window(h, p.stride, p.OH);
    const int endW = end_window(w, p.stride, p.OW);
    float acc = 0.0f;
    for (int od = first_window(d, p.KD, p.stride); od < endD; od++)
      for (int oh = first_window(h, p.KH, p.stride); oh < endH; oh++)
        for (int ow = first_window(w, p.KW, p.stride); ow < endW; ow++) {
          float value;
          const Long winner = winner_of(x + n * size, p, od * p.stride, oh * p.stride,
                                        ow * p.stride, c, &value);
          if (winner == i - n * size)
            acc = __fadd_rn(acc, gy[(((n * p.OD + od) * p.OH + oh) * p.OW + ow) * p.C + c]);
        }
    gx[i] = acc;
  }
}

/* One thread a channel of an image: y = (chain of x over positions, ascending) / positions. */
KERNEL(64, 8, average_pool_forward, const float *__restrict__ x, float *__restrict__ y,
       int positions, int C, Long elements) {
  EACH(i, elements) {
    const float *from = x + i / C * positions * C + i % C;
    float acc = 0.0f;
#pragma unroll 8
    for (int at = 0; at < positions; at++) acc = __fadd_rn(acc, from[(Long)at * C]);
    y[i] = __fdiv_rn(acc, (float)positions);
  }
}

/* gx = gy / positions */
KERNEL(256, 4, average_pool_backward, const float *__restrict__ gy, float *__restrict__ gx,
       int positions, int C, Long elements) {
  EACH(i, elements)
    gx[i] = __fdiv_rn(gy[i / ((Long)positions * C) * C + i % C], (float)positions);
}
