// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Central differences in binary64, and the backends whose gradients are compared with them. */
final class Derivatives {
  private static final double STEP = 0x1p-13;
  static final double UNIT = 0x1p-24;

  /**
   * Error of the differences themselves: STEP^2 / 6 = 2.5e-9 times third derivatives (below 100
   * here), and 2^-53 |loss| / STEP = 1e-12 |loss|.
   */
  private static final double DIFFERENCE_ERROR = 1e-6;

  private final List<Backend> backends;
  private double largestShare;

  Derivatives() {
    String set = KernelSets.find().best().set().label();
    backends = List.of(new ReferenceBackend(), CpuBackend.open(set, 2));
  }

  List<Backend> backends() {
    return backends;
  }

  /** Closes the backends and prints how much of the bounds was used. */
  void close(String suite) {
    backends.forEach(Backend::close);
    System.out.printf(
        Locale.ROOT, "%s: largest share of a bound used: %.3f%n", suite, largestShare);
  }

  /** Central differences of the loss at a point. */
  static double[] of(ToDoubleFunction<double[]> loss, float... at) {
    double[] x = Host.widen(at);
    double[] slopes = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double middle = x[i];
      x[i] = middle + STEP;
      double above = loss.applyAsDouble(x);
      x[i] = middle - STEP;
      slopes[i] = (above - loss.applyAsDouble(x)) / (2 * STEP);
      x[i] = middle;
    }
    return slopes;
  }

  /** The loss sum(y * gradY). */
  static double weighted(double[] y, float[] gradY) {
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += y[i] * gradY[i];
    }
    return sum;
  }

  /** Compares; a bound grows by the error of the differences. */
  void near(String what, double[] slopes, float[] found, double[] bounds) {
    double[] widened = Arrays.stream(bounds).map(b -> b + DIFFERENCE_ERROR).toArray();
    largestShare = Math.max(largestShare, Near.check(what, slopes, found, widened));
  }

  /** Uniform values in [-1, 1). */
  static float[] draw(int stream, long count) {
    return Values.PLAIN.floats(stream, Math.toIntExact(count));
  }
}
