// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Backend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Loss and optimisers give, on the reference and the CPU backend, the values that PyTorch computed
 * in float64 (../shared/oracle), within bounds that follow from the roundings on the way.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OracleLossAndOptimiserTest {
  /** Half a unit in the last place of 1: the relative error of one float32 operation. */
  private static final double UNIT = 0x1p-24;

  private OracleCases cases;

  @BeforeAll
  void open() {
    cases = OracleCases.open();
  }

  @AfterAll
  void close() {
    if (cases != null) {
      cases.close();
    }
  }

  private OracleFile.Array get(String name, String array) {
    return cases.oracle().get(name + "/" + array);
  }

  @TestFactory
  Stream<DynamicTest> softmaxCrossEntropy() {
    return cases.tests("softmax_cross_entropy", this::softmaxCrossEntropy);
  }

  private void softmaxCrossEntropy(Backend backend, String name) {
    OracleFile.Array logits = get(name, "logits");
    int count = logits.shape()[0];
    int classes = logits.shape()[1];
    Shape s = Shape.vectors(count, classes);
    Host host = new Host(backend);
    Buffer loss = backend.allocate(1);
    Tensor gradient = host.zeros(s);
    Buffer labels = host.buffer(get(name, "labels").ints());
    backend.softmaxCrossEntropy(host.tensor(s, logits.floats()), labels, loss, gradient);
    double range = 0;
    for (double z : logits.values()) {
      range = Math.max(range, 2 * Math.abs(z));
    }
    // z - max errs by range units, so exp by range + 1 of its own size; the sum of K adds K; the
    // quotient, the difference and the factor 1/N three more. Logarithm and loss likewise, and the
    // sum over N adds N; a loss is below range + log K.
    double relative = (2 * range + classes + 4) * UNIT;
    double largestLoss = range + StrictMath.log(classes);
    near(name, "gradLogits", host.read(gradient), relative / count);
    near(name, "loss", host.read(loss), relative + (count + 4) * UNIT * largestLoss);
  }

  @TestFactory
  Stream<DynamicTest> sigmoidCrossEntropy() {
    return cases.tests("sigmoid_cross_entropy", this::sigmoidCrossEntropy);
  }

  private void sigmoidCrossEntropy(Backend backend, String name) {
    OracleFile.Array logits = get(name, "logits");
    int count = logits.shape()[0];
    int columns = logits.shape()[1];
    Shape s = Shape.vectors(count, columns);
    Host host = new Host(backend);
    Buffer loss = backend.allocate(1);
    Tensor gradient = host.zeros(s);
    Buffer labels = host.buffer(get(name, "labels").ints());
    backend.sigmoidCrossEntropy(host.tensor(s, logits.floats()), labels, loss, gradient);
    double range = 0;
    for (double z : logits.values()) {
      range = Math.max(range, Math.abs(z));
    }
    // exp errs by 2 units, 1 + e, quotient, difference and factor by one each; a term is below
    // range + log 2 and errs by 4 units of that, the sums over K and N add K + N.
    near(name, "gradLogits", host.read(gradient), 8 * UNIT / (count * columns));
    double largest = range + StrictMath.log(2);
    near(name, "loss", host.read(loss), (count + columns + 8) * UNIT * largest);
  }

  private void near(String name, String array, float[] found, double bound) {
    double[] values = get(name, array).values();
    Near.check(name + " " + array, values, found, ChainBounds.same(values.length, bound));
  }

  @TestFactory
  Stream<DynamicTest> adam() {
    return cases.tests("adam", this::adam);
  }

  private void adam(Backend backend, String name) {
    boolean decayed = name.equals("adam_l2");
    double rate = decayed ? 1e-2 : 1e-3;
    double decay = decayed ? 1e-2 : 0;
    OracleFile.Array gradients = get(name, "gradients");
    Host host = new Host(backend);
    Buffer parameter = host.buffer(get(name, "start").floats());
    Buffer first = backend.allocate(parameter.length());
    Buffer second = backend.allocate(parameter.length());
    double power1 = 1;
    double power2 = 1;
    for (int t = 0; t < gradients.shape()[0]; t++) {
      power1 *= 0.9;
      power2 *= 0.999;
      AdamStep step = AdamStep.at(rate, 0.9, 0.999, 1e-8, decay, power1, power2);
      Buffer gradient = host.buffer(gradients.rows(t, t + 1).floats());
      backend.adamStep(parameter, gradient, first, second, step);
      // A step is rate * m / sqrt(v), at most sqrt(steps) rate; its numerator and its root err by
      // 3 t + 8 units of the sums of magnitudes, which are at most 8 times the step's own. Then one
      // rounding of the parameter, of size below 8 (checked), a step.
      double bound = (t + 1) * (8 * UNIT + rate * 8 * (3 * (t + 1) + 8) * UNIT);
      double[] wanted = get(name, "afterStep").rows(t, t + 1).values();
      Near.check(
          name + " step " + t,
          wanted,
          host.read(parameter),
          ChainBounds.same(wanted.length, bound));
      Assertions.assertTrue(Arrays.stream(wanted).allMatch(p -> Math.abs(p) < 8));
    }
  }

  @TestFactory
  Stream<DynamicTest> sgd() {
    return cases.tests("sgd_momentum", this::sgd);
  }

  private void sgd(Backend backend, String name) {
    OracleFile.Array gradients = get(name, "gradients");
    Host host = new Host(backend);
    Buffer parameter = host.buffer(get(name, "start").floats());
    Buffer velocity = backend.allocate(parameter.length());
    for (int t = 0; t < gradients.shape()[0]; t++) {
      Buffer gradient = host.buffer(gradients.rows(t, t + 1).floats());
      backend.sgdStep(parameter, gradient, velocity, 0.1f, 0.9f, 5e-4f);
      // Gradients and parameters are below 8 (checked), so a velocity is below 8 (t + 1); it errs
      // by 4 (t + 1) units (constants 0.9 and 0.1 included), a tenth of it reaches the parameter,
      // which is rounded once a step.
      double bound = (t + 1) * (8 * UNIT + 0.1 * 8 * (t + 1) * 4 * (t + 1) * UNIT);
      double[] wanted = get(name, "afterStep").rows(t, t + 1).values();
      Near.check(
          name + " step " + t,
          wanted,
          host.read(parameter),
          ChainBounds.same(wanted.length, bound));
      Assertions.assertTrue(Arrays.stream(wanted).allMatch(p -> Math.abs(p) < 8));
    }
  }
}
