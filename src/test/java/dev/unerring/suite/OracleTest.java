// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Convolution, linear layer, batch norm and max pooling give, on the reference and the CPU backend,
 * the values that PyTorch computed in float64 (../shared/oracle), within bounds that follow from
 * the length of the sums.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OracleTest {
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

  /** Shape of an NDHWC array, or of an NHWC one. */
  private static Shape shape(OracleFile.Array a) {
    int[] s = a.shape();
    return s.length == 4
        ? new Shape(s[0], 1, s[1], s[2], s[3])
        : new Shape(s[0], s[1], s[2], s[3], s[4]);
  }

  @TestFactory
  Stream<DynamicTest> convolution() {
    return cases.tests("conv", this::convolution);
  }

  private void convolution(Backend backend, String name) {
    OracleFile.Array x = get(name, "x").channelsLast();
    OracleFile.Array y = get(name, "y").channelsLast();
    OracleFile.Array weight = get(name, "weight").weightsLast();
    OracleFile.Array bias = get(name, "bias");
    OracleFile.Array gradY = get(name, "gradOutput").channelsLast();
    int[] kernel = get(name, "weight").shape();
    int rank = kernel.length;
    Window window =
        new Window(
            rank == 5 ? kernel[2] : 1,
            kernel[rank - 2],
            kernel[rank - 1],
            (int) get(name, "stride").number(),
            (int) get(name, "pad").number());
    Host host = new Host(backend);
    Tensor in = host.tensor(shape(x), x.floats());
    Tensor gradient = host.tensor(shape(y), gradY.floats());
    Buffer weights = host.buffer(weight.floats());
    Tensor out = host.zeros(shape(y));
    Tensor gradX = host.zeros(shape(x));
    Buffer gradWeight = backend.allocate(weights.length());
    Buffer gradBias = backend.allocate(bias.values().length);
    backend.convForward(in, weights, host.buffer(bias.floats()), window, out);
    backend.convBackwardInput(gradient, weights, window, gradX);
    backend.convBackwardWeight(in, gradient, window, gradWeight, gradBias);
    ChainBounds bounds =
        ChainBounds.conv(
            new ChainBounds.Product(
                shape(x), shape(y), x.floats(), weight.floats(), bias.floats(), gradY.floats()),
            window);
    double[] wantedX = get(name, "gradInput").channelsLast().values();
    double[] wantedWeight = get(name, "gradWeight").weightsLast().values();
    Near.check(name + " y", y.values(), host.read(out), bounds.y());
    Near.check(name + " gradInput", wantedX, host.read(gradX), bounds.gradInput());
    Near.check(name + " gradWeight", wantedWeight, host.read(gradWeight), bounds.gradWeight());
    double[] wantedBias = get(name, "gradBias").values();
    Near.check(name + " gradBias", wantedBias, host.read(gradBias), bounds.gradBias());
  }

  @TestFactory
  Stream<DynamicTest> linear() {
    return cases.tests("linear", this::linear);
  }

  private void linear(Backend backend, String name) {
    OracleFile.Array x = get(name, "x");
    OracleFile.Array y = get(name, "y");
    OracleFile.Array weight = get(name, "weight").weightsLast();
    OracleFile.Array bias = get(name, "bias");
    OracleFile.Array gradY = get(name, "gradOutput");
    Shape in = Shape.vectors(x.shape()[0], x.shape()[1]);
    Shape out = Shape.vectors(y.shape()[0], y.shape()[1]);
    Host host = new Host(backend);
    Tensor input = host.tensor(in, x.floats());
    Tensor gradient = host.tensor(out, gradY.floats());
    Buffer weights = host.buffer(weight.floats());
    Tensor result = host.zeros(out);
    Tensor gradX = host.zeros(in);
    Buffer gradWeight = backend.allocate(weights.length());
    Buffer gradBias = backend.allocate(out.c());
    backend.linearForward(input, weights, host.buffer(bias.floats()), result);
    backend.linearBackwardInput(gradient, weights, gradX);
    backend.linearBackwardWeight(input, gradient, gradWeight, gradBias);
    ChainBounds bounds =
        ChainBounds.linear(
            new ChainBounds.Product(
                in, out, x.floats(), weight.floats(), bias.floats(), gradY.floats()));
    double[] wantedWeight = get(name, "gradWeight").weightsLast().values();
    Near.check(name + " y", y.values(), host.read(result), bounds.y());
    Near.check(
        name + " gradInput", get(name, "gradInput").values(), host.read(gradX), bounds.gradInput());
    Near.check(name + " gradWeight", wantedWeight, host.read(gradWeight), bounds.gradWeight());
    Near.check(
        name + " gradBias", get(name, "gradBias").values(), host.read(gradBias), bounds.gradBias());
  }

  @TestFactory
  Stream<DynamicTest> batchNorm() {
    return cases.tests("batchnorm", this::batchNorm);
  }

  private void batchNorm(Backend backend, String name) {
    OracleFile.Array x = get(name, "x").channelsLast();
    OracleFile.Array gradY = get(name, "gradOutput").channelsLast();
    Shape s = shape(x);
    Host host = new Host(backend);
    Tensor in = host.tensor(s, x.floats());
    Buffer gamma = host.buffer(get(name, "gamma").floats());
    Buffer beta = host.buffer(get(name, "beta").floats());
    Buffer runningMean = host.buffer(get(name, "runningMean").floats());
    Buffer runningVariance = host.buffer(get(name, "runningVar").floats());
    Tensor y = host.zeros(s);
    BatchNormBounds bounds = BatchNormBounds.of(cases.oracle(), name);
    backend.batchNormForward(in, runningMean, runningVariance, gamma, beta, y);
    near(name, "yEval", true, host.read(y), bounds.evaluation());
    Buffer mean = backend.allocate(s.c());
    Buffer variance = backend.allocate(s.c());
    Buffer gradGamma = backend.allocate(s.c());
    Buffer gradBeta = backend.allocate(s.c());
    Tensor gradX = host.zeros(s);
    backend.batchNormStatistics(in, mean, variance);
    backend.batchNormForward(in, mean, variance, gamma, beta, y);
    near(name, "yTrain", true, host.read(y), bounds.training());
    backend.batchNormBackward(
        in,
        host.tensor(s, gradY.floats()),
        mean,
        variance,
        gamma,
        false,
        gradGamma,
        gradBeta,
        gradX);
    near(name, "gradInput", true, host.read(gradX), bounds.gradInput());
    near(name, "gradGamma", false, host.read(gradGamma), bounds.sums());
    near(name, "gradBeta", false, host.read(gradBeta), bounds.sums());
    long count = (long) s.n() * s.positions();
    float momentum = (float) get(name, "momentum").number();
    backend.batchNormUpdate(mean, variance, count, momentum, runningMean, runningVariance);
    near(name, "newRunningMean", false, host.read(runningMean), bounds.statistics());
    near(name, "newRunningVar", false, host.read(runningVariance), bounds.statistics());
  }

  private void near(String name, String array, boolean activation, float[] found, double bound) {
    OracleFile.Array wanted = get(name, array);
    double[] values = activation ? wanted.channelsLast().values() : wanted.values();
    Near.check(name + " " + array, values, found, ChainBounds.same(values.length, bound));
  }

  @TestFactory
  Stream<DynamicTest> maxPool() {
    return cases.tests("maxpool", this::maxPool);
  }

  /** Values are copied and windows do not overlap: no error at all. */
  private void maxPool(Backend backend, String name) {
    OracleFile.Array x = get(name, "x").channelsLast();
    OracleFile.Array gradY = get(name, "gradOutput").channelsLast();
    int kernel = (int) get(name, "kernel").number();
    Window window =
        new Window(
            x.shape().length == 5 ? kernel : 1,
            kernel,
            kernel,
            (int) get(name, "stride").number(),
            0);
    Host host = new Host(backend);
    Tensor in = host.tensor(shape(x), x.floats());
    Tensor y = host.zeros(shape(gradY));
    Tensor gradX = host.zeros(shape(x));
    backend.maxPoolForward(in, window, y);
    backend.maxPoolBackward(in, host.tensor(shape(gradY), gradY.floats()), window, gradX);
    near(name, "y", true, host.read(y), 0);
    near(name, "gradInput", true, host.read(gradX), 0);
  }
}
