// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The backward passes of pooling, ReLU and the loss give the derivative of the forward ones, as
 * {@link GradientCheckTest} checks it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PointwiseGradientCheckTest {
  private final Derivatives check = new Derivatives();

  @AfterAll
  void close() {
    check.close("PointwiseGradientCheckTest");
  }

  @Test
  void pointwise() {
    Shape s = new Shape(2, 3, 4, 6, 5);
    float[] x = apart(s.elements());
    Window half = new Window(2, 2, 2, 2, 0);
    Window overlapping = new Window(2, 3, 3, 1, 0);
    for (Backend backend : check.backends()) {
      for (Window window : List.of(half, overlapping)) {
        Shape out = window.outputOf(s, s.c());
        float[] gradY = Derivatives.draw(2, out.elements());
        Host host = new Host(backend);
        Tensor gradX = host.zeros(s);
        backend.maxPoolBackward(host.tensor(s, x), host.tensor(out, gradY), window, gradX);
        check.near(
            backend.name() + " max pool",
            Derivatives.of(
                v -> Derivatives.weighted(DoubleOps.maxPool(v, s, window, out), gradY), x),
            host.read(gradX),
            ChainBounds.same(x.length, window.taps() * window.taps() * Derivatives.UNIT));
      }
      averageAndRelu(backend, s, x);
    }
  }

  private void averageAndRelu(Backend backend, Shape s, float[] x) {
    Host host = new Host(backend);
    Shape vectors = Shape.vectors(s.n(), s.c());
    float[] gradVectors = Derivatives.draw(3, vectors.elements());
    Tensor gradX = host.zeros(s);
    backend.averagePoolBackward(host.tensor(vectors, gradVectors), gradX);
    check.near(
        backend.name() + " average pool",
        Derivatives.of(v -> Derivatives.weighted(DoubleOps.averagePool(v, s), gradVectors), x),
        host.read(gradX),
        ChainBounds.same(x.length, Derivatives.UNIT));
    float[] gradY = Derivatives.draw(4, s.elements());
    Tensor y = host.zeros(s);
    backend.reluForward(host.tensor(s, x), y);
    backend.reluBackward(y, host.tensor(s, gradY), gradX);
    check.near(
        backend.name() + " relu",
        Derivatives.of(v -> Derivatives.weighted(DoubleOps.relu(v), gradY), x),
        host.read(gradX),
        ChainBounds.same(x.length, 0));
  }

  /** Values that differ by at least 2^-9 from each other and from 0: no kink within a step. */
  private static float[] apart(long count) {
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      int shuffled = (int) (i * 389L % count); // count is no multiple of the prime 389
      values[i] = (shuffled - values.length / 2 + 0.5f) * 0x1p-8f;
    }
    return values;
  }

  @Test
  void sigmoidCrossEntropy() {
    Shape s = Shape.vectors(7, 3);
    float[] logits = Derivatives.draw(1, s.elements());
    int[] labels = {0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1};
    // exp errs by 2 units, 1 + e and the quotient by one each, difference and factor by 2.
    double[] bounds = ChainBounds.same(logits.length, 8 * Derivatives.UNIT / logits.length);
    for (Backend backend : check.backends()) {
      Host host = new Host(backend);
      Tensor gradient = host.zeros(s);
      backend.sigmoidCrossEntropy(
          host.tensor(s, logits), host.buffer(labels), backend.allocate(1), gradient);
      check.near(
          backend.name() + " sigmoid cross-entropy",
          Derivatives.of(v -> DoubleOps.sigmoidCrossEntropy(v, labels), logits),
          host.read(gradient),
          bounds);
    }
  }

  @Test
  void softmaxCrossEntropy() {
    Shape s = Shape.vectors(9, 5);
    float[] logits = Derivatives.draw(1, s.elements());
    int[] labels = {0, 1, 2, 3, 4, 0, 2, 4, 4};
    // |z - max| <= 2, so exp errs by 3 units, the sum by 5 more, quotient and differences by 3.
    double[] bounds = ChainBounds.same(logits.length, 16 * Derivatives.UNIT / 9);
    for (Backend backend : check.backends()) {
      Host host = new Host(backend);
      Tensor gradient = host.zeros(s);
      backend.softmaxCrossEntropy(
          host.tensor(s, logits), host.buffer(labels), backend.allocate(1), gradient);
      check.near(
          backend.name() + " cross-entropy",
          Derivatives.of(v -> DoubleOps.crossEntropy(v, labels), logits),
          host.read(gradient),
          bounds);
    }
  }

  @Test
  void weightedSoftmaxCrossEntropy() {
    Shape s = Shape.vectors(9, 5);
    float[] logits = Derivatives.draw(1, s.elements());
    int[] labels = {0, 1, 2, 3, 4, 0, 2, 4, 4};
    float[] weights = {0, 0.25f, 0.5f, 1, 1.5f, 2, 3, 3.5f, 4};
    // As without weights, times the largest weight, and one rounding more.
    double[] bounds = ChainBounds.same(logits.length, 4 * 17 * Derivatives.UNIT / 9);
    for (Backend backend : check.backends()) {
      Host host = new Host(backend);
      Tensor gradient = host.zeros(s);
      backend.weightedSoftmaxCrossEntropy(
          host.tensor(s, logits),
          host.buffer(labels),
          host.buffer(weights),
          backend.allocate(1),
          gradient);
      check.near(
          backend.name() + " weighted cross-entropy",
          Derivatives.of(v -> DoubleOps.crossEntropy(v, labels, Host.widen(weights)), logits),
          host.read(gradient),
          bounds);
    }
  }

  /** Weights of 1 are no weights: the same bits of loss and gradient. */
  @Test
  void weightsOfOneChangeNoBit() {
    Shape s = Shape.vectors(1500, 3);
    float[] logits = Derivatives.draw(1, s.elements());
    int[] labels = new int[1500];
    Arrays.setAll(labels, n -> n % 3);
    float[] ones = new float[1500];
    Arrays.fill(ones, 1.0f);
    for (Backend backend : check.backends()) {
      Host host = new Host(backend);
      Tensor z = host.tensor(s, logits);
      Tensor plain = host.zeros(s);
      Tensor weighted = host.zeros(s);
      Buffer loss = backend.allocate(1);
      Buffer lossWeighted = backend.allocate(1);
      backend.softmaxCrossEntropy(z, host.buffer(labels), loss, plain);
      backend.weightedSoftmaxCrossEntropy(
          z, host.buffer(labels), host.buffer(ones), lossWeighted, weighted);
      assertArrayEquals(host.read(plain), host.read(weighted), backend.name());
      assertArrayEquals(host.read(loss), host.read(lossWeighted), backend.name());
    }
  }
}
