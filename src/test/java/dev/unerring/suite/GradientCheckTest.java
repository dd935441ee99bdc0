// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The backward passes of convolution, linear layer and batch norm give the derivative of the
 * forward ones: central differences of a binary64 forward pass, for the loss sum(y * gradY), on the
 * reference and the CPU backend.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GradientCheckTest {
  private final Derivatives check = new Derivatives();

  @AfterAll
  void close() {
    check.close("GradientCheckTest");
  }

  @Test
  void convolution() {
    conv(new Shape(2, 1, 5, 6, 3), Window.square(3, 1, 1), 4);
    conv(new Shape(2, 1, 6, 5, 2), Window.square(3, 2, 1), 3);
    conv(new Shape(2, 1, 6, 6, 3), Window.square(1, 2, 0), 4);
    conv(new Shape(1, 1, 7, 5, 1), new Window(1, 2, 3, 1, 0), 2);
    conv(new Shape(1, 3, 4, 5, 2), new Window(3, 3, 3, 2, 1), 3);
  }

  private void conv(Shape in, Window window, int channels) {
    Shape out = window.outputOf(in, channels);
    float[] x = Derivatives.draw(1, in.elements());
    float[] weight = Derivatives.draw(2, (long) window.taps() * in.c() * channels);
    float[] bias = Derivatives.draw(3, channels);
    float[] gradY = Derivatives.draw(4, out.elements());
    double[] dx = Host.widen(x);
    double[] dw = Host.widen(weight);
    double[] db = Host.widen(bias);
    double[] slopeX =
        Derivatives.of(
            v -> Derivatives.weighted(DoubleOps.conv(v, in, dw, db, window, out), gradY), x);
    double[] slopeW =
        Derivatives.of(
            v -> Derivatives.weighted(DoubleOps.conv(dx, in, v, db, window, out), gradY), weight);
    double[] slopeB =
        Derivatives.of(
            v -> Derivatives.weighted(DoubleOps.conv(dx, in, dw, v, window, out), gradY), bias);
    ChainBounds bounds =
        ChainBounds.conv(new ChainBounds.Product(in, out, x, weight, bias, gradY), window);
    for (Backend backend : check.backends()) {
      Host host = new Host(backend);
      Tensor gradient = host.tensor(out, gradY);
      Tensor gradX = host.zeros(in);
      Buffer gradWeight = backend.allocate(weight.length);
      Buffer gradBias = backend.allocate(channels);
      backend.convBackwardInput(gradient, host.buffer(weight), window, gradX);
      backend.convBackwardWeight(host.tensor(in, x), gradient, window, gradWeight, gradBias);
      String name = backend.name() + " conv " + in + " " + window;
      check.near(name + " gradX", slopeX, host.read(gradX), bounds.gradInput());
      check.near(name + " gradWeight", slopeW, host.read(gradWeight), bounds.gradWeight());
      check.near(name + " gradBias", slopeB, host.read(gradBias), bounds.gradBias());
    }
  }

  @Test
  void linear() {
    Shape in = new Shape(5, 1, 2, 3, 4);
    Shape out = Shape.vectors(5, 7);
    float[] x = Derivatives.draw(1, in.elements());
    float[] weight = Derivatives.draw(2, 24 * 7);
    float[] bias = Derivatives.draw(3, 7);
    float[] gradY = Derivatives.draw(4, out.elements());
    double[] dx = Host.widen(x);
    double[] dw = Host.widen(weight);
    double[] db = Host.widen(bias);
    ChainBounds bounds =
        ChainBounds.linear(new ChainBounds.Product(in, out, x, weight, bias, gradY));
    for (Backend backend : check.backends()) {
      Host host = new Host(backend);
      Tensor gradient = host.tensor(out, gradY);
      Tensor gradX = host.zeros(in);
      Buffer gradWeight = backend.allocate(weight.length);
      Buffer gradBias = backend.allocate(7);
      backend.linearBackwardInput(gradient, host.buffer(weight), gradX);
      backend.linearBackwardWeight(host.tensor(in, x), gradient, gradWeight, gradBias);
      check.near(
          backend.name() + " linear gradX",
          Derivatives.of(v -> Derivatives.weighted(DoubleOps.linear(v, 24, dw, db), gradY), x),
          host.read(gradX),
          bounds.gradInput());
      check.near(
          backend.name() + " linear gradWeight",
          Derivatives.of(v -> Derivatives.weighted(DoubleOps.linear(dx, 24, v, db), gradY), weight),
          host.read(gradWeight),
          bounds.gradWeight());
      check.near(
          backend.name() + " linear gradBias",
          Derivatives.of(v -> Derivatives.weighted(DoubleOps.linear(dx, 24, dw, v), gradY), bias),
          host.read(gradBias),
          bounds.gradBias());
    }
  }

  @Test
  void batchNorm() {
    normalise(new Shape(4, 1, 5, 7, 3), false);
    normalise(new Shape(2, 3, 4, 3, 5), false);
    normalise(new Shape(4, 1, 5, 7, 3), true);
  }

  private void normalise(Shape s, boolean frozen) {
    int c = s.c();
    int count = s.n() * s.positions();
    float[] x = Derivatives.draw(1, s.elements());
    float[] gradY = Derivatives.draw(2, s.elements());
    float[] gamma = Derivatives.draw(3, c);
    float[] beta = Derivatives.draw(4, c);
    double[] dx = Host.widen(x);
    double[] dg = Host.widen(gamma);
    double[] db = Host.widen(beta);
    double[][] fixed = frozen ? frozenStatistics(c) : DoubleOps.statistics(dx, c);
    double[] slopeX =
        Derivatives.of(
            v ->
                Derivatives.weighted(
                    DoubleOps.batchNorm(v, frozen ? fixed : DoubleOps.statistics(v, c), dg, db),
                    gradY),
            x);
    double[] slopeGamma =
        Derivatives.of(
            v -> Derivatives.weighted(DoubleOps.batchNorm(dx, fixed, v, db), gradY), gamma);
    double[] slopeBeta =
        Derivatives.of(
            v -> Derivatives.weighted(DoubleOps.batchNorm(dx, fixed, dg, v), gradY), beta);
    // |x|, |gradY|, |gamma| <= 1 and 1 / deviation < 4, so |xhat| < 8 (mean within 1): mean,
    // variance and xhat err by less than 8 (count + 8) units, a product with gradY the same, the
    // sums by count times that, gradX by gamma / deviation * (1 + |xhat|) mean errors.
    double unit = 8.0 * (count + 8) * Derivatives.UNIT;
    for (Backend backend : check.backends()) {
      Host host = new Host(backend);
      Tensor input = host.tensor(s, x);
      Buffer mean = host.buffer(narrow(fixed[0]));
      Buffer variance = host.buffer(narrow(fixed[1]));
      if (!frozen) {
        backend.batchNormStatistics(input, mean, variance);
      }
      Buffer gradGamma = backend.allocate(c);
      Buffer gradBeta = backend.allocate(c);
      Tensor gradX = host.zeros(s);
      backend.batchNormBackward(
          input,
          host.tensor(s, gradY),
          mean,
          variance,
          host.buffer(gamma),
          frozen,
          gradGamma,
          gradBeta,
          gradX);
      String name = backend.name() + " batch norm " + s + " frozen " + frozen;
      check.near(
          name + " gradX", slopeX, host.read(gradX), ChainBounds.same(x.length, 4 * 9 * unit));
      check.near(
          name + " gradGamma", slopeGamma, host.read(gradGamma), ChainBounds.same(c, count * unit));
      check.near(
          name + " gradBeta", slopeBeta, host.read(gradBeta), ChainBounds.same(c, count * unit));
    }
  }

  private static double[][] frozenStatistics(int c) {
    double[][] statistics = new double[2][c];
    for (int i = 0; i < c; i++) {
      statistics[0][i] = 0.25f - 0.125f * i;
      statistics[1][i] = 0.25f + 0.5f * i;
    }
    return statistics;
  }

  private static float[] narrow(double[] values) {
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) values[i];
    }
    return all;
  }
}
