// SPDX-License-Identifier: Apache-2.0
/* ---- elementwise operations, losses, optimisers ---- */

KERNEL(256, 4, fill, float *x, float value, Long elements) {
  EACH(i, elements) x[i] = value;
}

/* y = x > 0 or NaN ? x : +0; y may be x */
KERNEL(256, 4, relu_forward, const float *x, float *y, Long elements) {
  EACH(i, elements) {
    const float v = x[i];
    y[i] = v > 0.0f || v != v ? v : 0.0f;
  }
}

/* gx = y > 0 ? gy : +0; gx may be gy */
KERNEL(256, 4, relu_backward, const float *y, const float *gy, float *gx, Long elements) {
  EACH(i, elements) gx[i] = y[i] > 0.0f ? gy[i] : 0.0f;
}

/* y = a + b; y may be a or b */
KERNEL(256, 4, add, const float *a, const float *b, float *y, Long elements) {
  EACH(i, elements) y[i] = __fadd_rn(a[i], b[i]);
}

/* count = count + number of elements that are infinite or NaN: a sum of integers, in any order. */
KERNEL(256, 4, count_non_finite, const float *x, unsigned long long *count, Long elements) {
  unsigned found = 0;
  EACH(i, elements) found += (__float_as_uint(x[i]) & 0x7f800000u) == 0x7f800000u;
  if (found > 0) atomicAdd(count, (unsigned long long)found);
}

/* One thread a sample of K logits: m = largest; e = exp(z - m); s = chain of e, ascending;
 * loss = log(s) - (z[label] - m); gradient = (e / s - [j == label]) * inverseCount. */
KERNEL(64, 1, softmax_cross_entropy, const float *__restrict__ logits,
       const int *__restrict__ labels, float *__restrict__ loss, float *__restrict__ gradient,
       int K, float inverseCount, int samples) {
  EACH(n, samples) {
    const float *z = logits + n * K;
    float *g = gradient + n * K;
    float m = z[0];
    for (int j = 1; j < K; j++)
      if (z[j] > m || (z[j] != z[j] && m == m)) m = z[j];
    float s = 0.0f;
    for (int j = 0; j < K; j++) {
      g[j] = ordered_exp(__fsub_rn(z[j], m));
      s = __fadd_rn(s, g[j]);
    }
    loss[n] = __fsub_rn(ordered_log(s), __fsub_rn(z[labels[n]], m));
    for (int j = 0; j < K; j++)
      g[j] = __fmul_rn(__fsub_rn(__fdiv_rn(g[j], s), j == labels[n] ? 1.0f : 0.0f), inverseCount);
  }
}

/* One thread a sample: loss = weight * loss; gradient[K] = weight * gradient[K]. */
KERNEL(64, 1, weight_samples, const float *__restrict__ weights, float *__restrict__ loss,
       float *__restrict__ gradient, int K, int samples) {
  EACH(n, samples) {
    loss[n] = __fmul_rn(weights[n], loss[n]);
    for (Long i = n * K; i < (n + 1) * K; i++) gradient[i] = __fmul_rn(weights[n], gradient[i]);
  }
}

/* One thread a sample of K logits with labels 0 or 1: e = exp(-|z|), t = 1 + e;
 * loss = chain over j of (max(z, 0) - label * z) + log(t);
 * gradient = ((z >= 0 ? 1 : e) / t - label) * inverseCount. */
KERNEL(64, 1, sigmoid_cross_entropy, const float *__restrict__ logits,
       const int *__restrict__ labels, float *__restrict__ loss, float *__restrict__ gradient,
       int K, float inverseCount, int samples) {
  EACH(n, samples) {
    float sum = 0.0f;
    for (Long i = n * K; i < (n + 1) * K; i++) {
      const float z = logits[i];
      const float e = ordered_exp(-fabsf(z)), t = __fadd_rn(1.0f, e);
      sum = __fadd_rn(sum, __fadd_rn(__fsub_rn(z > 0.0f ? z : 0.0f, labels[i] ? z : 0.0f),
                                     ordered_log(t)));
      gradient[i] = __fmul_rn(
          __fsub_rn(__fdiv_rn(z >= 0.0f ? 1.0f : e, t), labels[i] ? 1.0f : 0.0f), inverseCount);
    }
    loss[n] = sum;
  }
}

/* d = fma(decay, p, g); b = fma(momentum, b, d); p = fma(-rate, b, p) */
KERNEL(256, 4, sgd_step, float *p, const float *g, float *b, float rate, float momentum,
       float decay, Long elements) {
  EACH(i, elements) {
    const float d = __fmaf_rn(decay, p[i], g[i]);
    const float velocity = __fmaf_rn(momentum, b[i], d);
    b[i] = velocity;
    p[i] = __fmaf_rn(-rate, velocity, p[i]);
  }
}

/* d = fma(decay, p, g); m = fma(b1, m, c1 * d); v = fma(b2, v, c2 * (d * d));
 * p = fma(-rate, m / fma(sqrt(v), correction, eps), p) */
KERNEL(256, 4, adam_step, float *p, const float *g, float *m, float *v, float b1, float c1,
       float b2, float c2, float rate, float correction, float eps, float decay, Long elements) {
  EACH(i, elements) {
    const float value = p[i], d = __fmaf_rn(decay, value, g[i]);
    const float first = __fmaf_rn(b1, m[i], __fmul_rn(c1, d));
    const float second = __fmaf_rn(b2, v[i], __fmul_rn(c2, __fmul_rn(d, d)));
    m[i] = first;
    v[i] = second;
    const float root = __fmaf_rn(__fsqrt_rn(second), correction, eps);
    p[i] = __fmaf_rn(-rate, __fdiv_rn(first, root), value);
  }
}
