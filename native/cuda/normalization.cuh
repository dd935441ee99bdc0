// SPDX-License-Identifier: Apache-2.0
/* ---- scaling and batch norm ----
 * Shapes: x, gy, y, gx [positions][C]; vectors [C]. A thread keeps its channel: the items of one
 * thread are `stride` apart, a multiple of C. */

#define CHANNEL (int)(((Long)blockIdx.x * blockDim.x + threadIdx.x) % C)
#define EACH_OF_THE_CHANNEL(i)                                     \
  for (Long i = (Long)blockIdx.x * blockDim.x + threadIdx.x,       \
            end_ = i < stride ? elements : 0; i < end_; i += stride)

/* y = fma(x, scale, shift) */
KERNEL(256, 4, scale_forward, const float *__restrict__ x, const float *__restrict__ scale,
       const float *__restrict__ shift, float *__restrict__ y, int C, Long stride, Long elements) {
  const float factor = scale[CHANNEL], summand = shift[CHANNEL];
  EACH_OF_THE_CHANNEL(i) y[i] = __fmaf_rn(x[i], factor, summand);
}

/* y = fma((x - mean) * inverse, gamma, beta) */
KERNEL(256, 4, batch_norm_forward, const float *__restrict__ x, const float *__restrict__ mean,
       const float *__restrict__ variance, const float *__restrict__ gamma,
       const float *__restrict__ beta, float *__restrict__ y, int C, Long stride, Long elements) {
  const int channel = CHANNEL;
  const float m = mean[channel], inverse = inverse_deviation(variance[channel]);
  const float g = gamma[channel], b = beta[channel];
  EACH_OF_THE_CHANNEL(i) y[i] = __fmaf_rn(__fmul_rn(__fsub_rn(x[i], m), inverse), g, b);
}

/* Batch statistics: gx = (gamma * inverse) * fma(-xhat, gradGamma / M, gy - gradBeta / M); gx may be
 * gy. */
KERNEL(256, 4, batch_norm_backward, const float *__restrict__ x, const float *gy,
       const float *__restrict__ mean, const float *__restrict__ variance,
       const float *__restrict__ gamma, const float *__restrict__ gradGamma,
       const float *__restrict__ gradBeta, float count, float *gx, int C, Long stride,
       Long elements) {
  const int channel = CHANNEL;
  const float m = mean[channel], inverse = inverse_deviation(variance[channel]);
  const float factor = __fmul_rn(gamma[channel], inverse);
  const float a = __fdiv_rn(gradBeta[channel], count), b = __fdiv_rn(gradGamma[channel], count);
  EACH_OF_THE_CHANNEL(i) {
    const float xhat = __fmul_rn(__fsub_rn(x[i], m), inverse);
    gx[i] = __fmul_rn(factor, __fmaf_rn(-xhat, b, __fsub_rn(gy[i], a)));
  }
}

/* Frozen statistics: gx = (gamma * inverse) * gy; gx may be gy. */
KERNEL(256, 4, batch_norm_backward_frozen, const float *gy, const float *variance,
       const float *gamma, float *gx, int C, Long stride, Long elements) {
  const int channel = CHANNEL;
  const float factor = __fmul_rn(gamma[channel], inverse_deviation(variance[channel]));
  EACH_OF_THE_CHANNEL(i) gx[i] = __fmul_rn(factor, gy[i]);
}

/* running = fma(momentum, batch - running, running); the variance made unbiased first. */
KERNEL(256, 1, batch_norm_update, const float *mean, const float *variance, float unbiased,
       float momentum, float *runningMean, float *runningVariance, int C) {
  EACH(c, C) {
    const float m = runningMean[c], v = runningVariance[c];
    runningMean[c] = __fmaf_rn(momentum, __fsub_rn(mean[c], m), m);
    runningVariance[c] = __fmaf_rn(momentum, __fsub_rn(__fmul_rn(variance[c], unbiased), v), v);
  }
}
