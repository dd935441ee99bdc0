// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Shapes of normalisation, pooling, elementwise operations, loss and optimisers. */
final class PointwiseCases {
  private final List<EqualityCase> cases = new ArrayList<>();

  private PointwiseCases() {}

  static List<EqualityCase> all() {
    PointwiseCases all = new PointwiseCases();
    all.normalisation();
    all.pooling();
    all.flat();
    all.loss();
    return all.cases;
  }

  private void add(String name, Operands.Computation computation) {
    cases.add(new EqualityCase(name, computation));
  }

  private void normalisation() {
    List<Shape> shapes = new ArrayList<>();
    for (int c : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33}) {
      shapes.add(new Shape(3, 1, 5, 7, c));
    }
    for (int n : new int[] {1, 2, 3, 5, 7}) {
      shapes.add(new Shape(n, 1, 28, 28, 3));
    }
    shapes.add(new Shape(2, 1, 1, 1, 5));
    shapes.add(new Shape(785, 1, 1, 1, 4));
    shapes.add(new Shape(49, 1, 7, 7, 16));
    shapes.add(new Shape(3, 1, 29, 29, 2));
    shapes.add(new Shape(2, 1, 1, 1571, 1));
    shapes.add(new Shape(2, 3, 19, 23, 5));
    shapes.add(new Shape(37, 1, 12, 11, 17));
    for (Shape s : shapes) {
      int c = s.c();
      add("scale " + s, (b, o) -> b.scaleForward(o.input(s), o.input(c), o.input(c), o.output(s)));
      add(
          "batch norm statistics " + s,
          (b, o) -> b.batchNormStatistics(o.input(s), o.output(c), o.output(c)));
      add(
          "batch norm forward " + s,
          (b, o) ->
              b.batchNormForward(
                  o.input(s), o.input(c), o.input(c), o.input(c), o.input(c), o.output(s)));
      for (boolean frozen : new boolean[] {false, true}) {
        add(
            "batch norm backward, frozen " + frozen + " " + s,
            (b, o) ->
                b.batchNormBackward(
                    o.input(s),
                    o.input(s),
                    o.input(c),
                    o.input(c),
                    o.input(c),
                    frozen,
                    o.output(c),
                    o.output(c),
                    o.output(s)));
      }
      fused(s);
      long count = Math.max(2, (long) s.n() * s.positions());
      add(
          "batch norm update " + s,
          (b, o) ->
              b.batchNormUpdate(o.input(c), o.input(c), count, 0.1f, o.updated(c), o.updated(c)));
    }
  }

  /** Batch norm with ReLU in one pass; the definition composes it, and gradX may be gradY. */
  private void fused(Shape s) {
    int c = s.c();
    for (boolean frozen : new boolean[] {false, true}) {
      add(
          "batch norm with ReLU, frozen " + frozen + " " + s,
          (b, o) -> {
            Tensor x = o.input(s);
            Buffer mean = o.input(c);
            Buffer variance = o.input(c);
            Buffer gamma = o.input(c);
            Buffer beta = o.input(c);
            Tensor y = o.output(s);
            Tensor gradY = o.input(s);
            b.batchNormReluForward(x, mean, variance, gamma, beta, y);
            b.batchNormReluBackward(
                x,
                y,
                gradY,
                mean,
                variance,
                gamma,
                beta,
                frozen,
                o.output(c),
                o.output(c),
                o.output(s));
            Tensor inPlace = o.updated(s);
            b.batchNormReluBackward(
                x,
                y,
                inPlace,
                mean,
                variance,
                gamma,
                beta,
                frozen,
                o.output(c),
                o.output(c),
                inPlace);
            Tensor plain = o.updated(s);
            b.batchNormBackward(
                x, plain, mean, variance, gamma, frozen, o.output(c), o.output(c), plain);
          });
    }
  }

  private void pooling() {
    Window half = Window.square(2, 2, 0);
    for (int c : new int[] {1, 3, 4, 5, 8, 9, 15, 16, 17, 33}) {
      pool(new Shape(2, 1, 5, 8, c), half);
      pool(new Shape(2, 1, 7, 6, c), Window.square(3, 2, 0));
    }
    pool(new Shape(1, 1, 1, 1, 1), Window.square(1, 1, 0));
    pool(new Shape(2, 1, 6, 7, 5), Window.square(2, 1, 0));
    pool(new Shape(2, 1, 7, 7, 5), Window.square(1, 2, 0));
    pool(new Shape(2, 1, 8, 8, 3), new Window(1, 3, 2, 1, 0));
    pool(new Shape(2, 6, 5, 7, 9), new Window(2, 2, 2, 2, 0));
    pool(new Shape(2, 5, 5, 5, 3), new Window(3, 3, 3, 1, 0));
    pool(new Shape(11, 1, 24, 24, 16), half);
    for (int c : new int[] {1, 3, 7, 8, 16, 17, 33}) {
      average(new Shape(3, 1, 5, 3, c));
    }
    average(new Shape(2, 3, 4, 5, 6));
    average(new Shape(1, 1, 1, 1, 1));
    average(new Shape(53, 1, 13, 11, 17));
  }

  private void pool(Shape in, Window window) {
    Shape out = window.outputOf(in, in.c());
    add(
        "max pool " + in + " " + window,
        (b, o) -> {
          Tensor x = o.input(in);
          b.maxPoolForward(x, window, o.output(out));
          b.maxPoolBackward(x, o.input(out), window, o.output(in));
        });
  }

  private void average(Shape in) {
    Shape out = Shape.vectors(in.n(), in.c());
    add(
        "average pool " + in,
        (b, o) -> {
          b.averagePoolForward(o.input(in), o.output(out));
          b.averagePoolBackward(o.input(out), o.output(in));
        });
  }

  private void flat() {
    AdamStep adam = AdamStep.at(1e-3, 0.9, 0.999, 1e-8, 1e-2, 0.81, 0.998);
    for (int n : new int[] {1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 1023, 16_383, 16_385, 40_001}) {
      Shape s = Shape.vectors(1, n);
      add(
          "relu " + n,
          (b, o) -> {
            b.reluForward(o.input(s), o.output(s));
            Tensor y = o.updated(s);
            b.reluForward(y, y);
          });
      add(
          "relu backward " + n,
          (b, o) -> {
            Tensor y = o.input(s);
            b.reluBackward(y, o.input(s), o.output(s));
            Tensor gradient = o.updated(s);
            b.reluBackward(y, gradient, gradient);
          });
      add(
          "add " + n,
          (b, o) -> {
            Tensor x = o.input(s);
            b.add(x, o.input(s), o.output(s));
            Tensor left = o.updated(s);
            b.add(left, x, left);
            Tensor right = o.updated(s);
            b.add(x, right, right);
          });
      add(
          "add with relu " + n,
          (b, o) -> {
            Tensor x = o.input(s);
            b.addRelu(x, o.input(s), o.output(s));
            Tensor left = o.updated(s);
            b.addRelu(left, x, left);
          });
      add(
          "sgd " + n,
          (b, o) -> b.sgdStep(o.updated(n), o.input(n), o.updated(n), 0.1f, 0.9f, 5e-4f));
      add(
          "adam " + n,
          (b, o) -> b.adamStep(o.updated(n), o.input(n), o.updated(n), o.updated(n), adam));
      add("count of non-finite " + n, (b, o) -> o.number(b.countNonFinite(o.input(n))));
      add("fill " + n, (b, o) -> b.fill(o.output(n), -0.0f));
    }
  }

  private void loss() {
    for (int k : new int[] {2, 3, 4, 5, 7, 8, 11, 33}) {
      loss(9, k);
    }
    for (int n : new int[] {1, 2, 37, 1023, 1024, 1025, 3073, 20_000}) {
      loss(n, 3);
    }
  }

  private void loss(int n, int k) {
    Shape s = Shape.vectors(n, k);
    add(
        "softmax cross-entropy " + n + "x" + k,
        (b, o) -> {
          Buffer labels = o.labels(n, k);
          b.softmaxCrossEntropy(o.input(s), labels, o.output(1), o.output(s));
        });
    add(
        "weighted softmax cross-entropy " + n + "x" + k,
        (b, o) -> {
          Buffer labels = o.labels(n, k);
          Tensor z = o.input(s);
          b.weightedSoftmaxCrossEntropy(z, labels, o.input(n), o.output(1), o.output(s));
        });
    add(
        "sigmoid cross-entropy " + n + "x" + k,
        (b, o) -> {
          Buffer labels = o.labels(n * k, 2);
          b.sigmoidCrossEntropy(o.input(s), labels, o.output(1), o.output(s));
        });
  }
}
