// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import java.util.Arrays;

/** The forward operations in binary64, written independently of the backends; NDHWC. */
final class DoubleOps {
  private DoubleOps() {}

  static double[] conv(double[] x, Shape in, double[] weight, double[] bias, Window w, Shape out) {
    double[] y = new double[(int) out.elements()];
    for (int o = 0; o < y.length; o++) {
      int[] at = place(out, o);
      double sum = bias[at[4]];
      for (int tap = 0; tap < w.taps(); tap++) {
        int d = at[1] * w.stride() + tap / (w.kh() * w.kw()) - w.padDepth();
        int h = at[2] * w.stride() + tap / w.kw() % w.kh() - w.pad();
        int v = at[3] * w.stride() + tap % w.kw() - w.pad();
        if (d < 0 || d >= in.d() || h < 0 || h >= in.h() || v < 0 || v >= in.w()) {
          continue;
        }
        int from = (((at[0] * in.d() + d) * in.h() + h) * in.w() + v) * in.c();
        for (int ic = 0; ic < in.c(); ic++) {
          sum += x[from + ic] * weight[(tap * in.c() + ic) * out.c() + at[4]];
        }
      }
      y[o] = sum;
    }
    return y;
  }

  /** Image, depth, row, column, channel of an element. */
  private static int[] place(Shape s, int element) {
    int c = element % s.c();
    int position = element / s.c();
    int w = position % s.w();
    int h = position / s.w() % s.h();
    int d = position / s.w() / s.h() % s.d();
    return new int[] {position / s.positions(), d, h, w, c};
  }

  static double[] linear(double[] x, int in, double[] weight, double[] bias) {
    int out = bias.length;
    double[] y = new double[x.length / in * out];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias[i % out];
      for (int k = 0; k < in; k++) {
        y[i] += x[i / out * in + k] * weight[k * out + i % out];
      }
    }
    return y;
  }

  /** Mean and biased variance of each channel. */
  static double[][] statistics(double[] x, int channels) {
    int count = x.length / channels;
    double[] mean = new double[channels];
    double[] variance = new double[channels];
    for (int i = 0; i < x.length; i++) {
      mean[i % channels] += x[i] / count;
    }
    for (int i = 0; i < x.length; i++) {
      double d = x[i] - mean[i % channels];
      variance[i % channels] += d * d / count;
    }
    return new double[][] {mean, variance};
  }

  static double[] batchNorm(double[] x, double[][] statistics, double[] gamma, double[] beta) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i % gamma.length;
      double deviation = Math.sqrt(statistics[1][c] + 1e-5);
      y[i] = (x[i] - statistics[0][c]) / deviation * gamma[c] + beta[c];
    }
    return y;
  }

  static double[] relu(double[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.max(0, x[i]);
    }
    return y;
  }

  static double[] maxPool(double[] x, Shape in, Window w, Shape out) {
    double[] y = new double[(int) out.elements()];
    for (int o = 0; o < y.length; o++) {
      int[] at = place(out, o);
      y[o] = Double.NEGATIVE_INFINITY;
      for (int tap = 0; tap < w.taps(); tap++) {
        int d = at[1] * w.stride() + tap / (w.kh() * w.kw());
        int h = at[2] * w.stride() + tap / w.kw() % w.kh();
        int v = at[3] * w.stride() + tap % w.kw();
        int i = (((at[0] * in.d() + d) * in.h() + h) * in.w() + v) * in.c() + at[4];
        y[o] = Math.max(y[o], x[i]);
      }
    }
    return y;
  }

  static double[] averagePool(double[] x, Shape in) {
    double[] y = new double[in.n() * in.c()];
    for (int i = 0; i < x.length; i++) {
      y[i / in.imageElements() * in.c() + i % in.c()] += x[i] / in.positions();
    }
    return y;
  }

  /** Mean over the samples of log(sum of exp(z)) - z[label]. */
  static double crossEntropy(double[] z, int[] labels) {
    double[] ones = new double[labels.length];
    Arrays.fill(ones, 1.0);
    return crossEntropy(z, labels, ones);
  }

  /** Sum over the samples of weight * loss, divided by their number. */
  static double crossEntropy(double[] z, int[] labels, double[] weights) {
    int classes = z.length / labels.length;
    double loss = 0;
    for (int n = 0; n < labels.length; n++) {
      double sum = 0;
      for (int j = 0; j < classes; j++) {
        sum += StrictMath.exp(z[n * classes + j]);
      }
      loss += weights[n] * (StrictMath.log(sum) - z[n * classes + labels[n]]) / labels.length;
    }
    return loss;
  }

  /** Mean over samples and labels of log(1 + exp(z)) - label * z. */
  static double sigmoidCrossEntropy(double[] z, int[] labels) {
    double loss = 0;
    for (int i = 0; i < z.length; i++) {
      loss += (StrictMath.log1p(StrictMath.exp(z[i])) - labels[i] * z[i]) / z.length;
    }
    return loss;
  }
}
