// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import dev.unerring.train.Adam;
import dev.unerring.train.BatchStep;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The whole small network gives what PyTorch computed in float64 (../shared/oracle) from the same
 * weights and bytes: logits in both modes, gradients, and three Adam steps.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NetworkOracleTest {
  private static final String CASE = "small_network/";
  private static final int CLASSES = 3;
  private static final int IMAGES = 8;
  private static final float MOMENTUM = 0.1f;
  private static final double RATE = 1e-3;

  /** Batch norm takes these away again: their gradients are 0, sums that cancel. */
  private static final Set<String> BEFORE_BATCH_NORM =
      Set.of("0.bias", "3.bias", "7.bias", "10.bias", "13.bias");

  /** Relative error of one float32 operation. */
  private static final double UNIT = 0x1p-24;

  /**
   * Rounding on the longest path from a pixel to a logit. A sum of K products errs by about sqrt(K)
   * units (Higham and Mary, "A new approach to probabilistic rounding error analysis", 2019); the
   * eight layers sum 9, 144, 144, 576, 576, 1024, 128 and 128 products, and do at most 8 other
   * operations each.
   */
  private static final double DEPTH = 3 + 12 + 12 + 24 + 24 + 32 + 11.4 + 11.4 + 8 * 8;

  /** First-order bound of a logit's error, of the size of the largest logit. */
  private static final double FORWARD = DEPTH * UNIT;

  /** A gradient passes through the network twice. Of the size of the tensor's largest gradient. */
  private static final double BACKWARD = 2 * DEPTH * UNIT;

  /** Each loss but the first follows a step whose error is, to first order, the gradient's. */
  private static final double LOSSES = 3 * FORWARD;

  /**
   * Adam divides a gradient by its own size, so that one that is mere rounding (the biases before
   * batch norm, whose gradient is 0) moves its parameter by up to the learning rate a step. That
   * changes no logit under the batch's own statistics, but it does under the running ones, which
   * follow by a tenth. Of the size of the largest logit.
   */
  private static final double AFTER_ADAM = 3 * RATE;

  private OracleFile oracle;

  @BeforeAll
  void open() {
    oracle = OracleFile.read("operations.npz");
  }

  @FunctionalInterface
  private interface Check {
    void on(Network network);
  }

  private Stream<DynamicTest> onBothBackends(Check check) {
    return Stream.of("reference", "cpu")
        .map(name ->
            DynamicTest.dynamicTest(
                name,
                () -> {
                  try (Backend backend =
                      name.equals("cpu")
                          ? CpuBackend.open(KernelSets.find().best().set().label(), 2)
                          : new ReferenceBackend()) {
                    check.on(network(backend));
                  }
                }));
  }

  @TestFactory
  Stream<DynamicTest> logitsInEvaluationMode() {
    return onBothBackends(
        network -> logits(network, Mode.RUNNING_STATISTICS, "logitsEval", FORWARD));
  }

  @TestFactory
  Stream<DynamicTest> logitsInTrainingMode() {
    return onBothBackends(
        network -> logits(network, Mode.BATCH_STATISTICS, "logitsTrain", FORWARD));
  }

  @TestFactory
  Stream<DynamicTest> gradientsOfTheFirstStep() {
    return onBothBackends(this::gradients);
  }

  private void gradients(Network network) {
    step(network);
    double largest = size(oracle.get(CASE + "grad:0.weight").values());
    int compared = 0;
    for (Parameter parameter : network.parameters()) {
      String key = CASE + "grad:" + parameter.spec().name();
      if (!oracle.has(key)) {
        continue;
      }
      compared++;
      float[] found = inFileOrder(network, parameter);
      double[] wanted = oracle.get(key).values();
      boolean beforeBatchNorm = BEFORE_BATCH_NORM.contains(parameter.spec().name());
      near(key, wanted, found, BACKWARD * (beforeBatchNorm ? largest : size(wanted)));
    }
    assertEquals(23, compared, "gradients that the oracle holds");
  }

  @TestFactory
  Stream<DynamicTest> threeAdamSteps() {
    return onBothBackends(this::threeAdamSteps);
  }

  private void threeAdamSteps(Network network) {
    Adam adam = new Adam(network);
    float[] losses = new float[3];
    for (int i = 0; i < losses.length; i++) {
      losses[i] = step(network);
      adam.step(RATE, 0);
      network.commitStatistics(MOMENTUM);
    }
    double[] wanted = oracle.get(CASE + "losses").values();
    assertTrue(wanted[2] < wanted[0], "the oracle learns");
    near("first loss", Arrays.copyOf(wanted, 1), Arrays.copyOf(losses, 1), FORWARD * size(wanted));
    near("losses", wanted, losses, LOSSES * size(wanted));
    logits(network, Mode.RUNNING_STATISTICS, "logitsEvalAfter3Steps", AFTER_ADAM);
  }

  private float step(Network network) {
    int[] labels = oracle.get(CASE + "labels").ints();
    int[] samples = IntStream.range(0, IMAGES).toArray();
    return new BatchStep(network)
        .gradients(pixels(), Labels.single(labels), samples, Mode.BATCH_STATISTICS, "oracle");
  }

  private void logits(Network network, Mode mode, String name, double tolerance) {
    Tensor logits = network.forward(MemorySegment.ofArray(pixels()), IMAGES, mode);
    double[] wanted = oracle.get(CASE + name).values();
    near(name, wanted, new Host(network.backend()).read(logits), tolerance * size(wanted));
  }

  private static void near(String what, double[] wanted, float[] found, double bound) {
    double share = Near.check(what, wanted, found, ChainBounds.same(wanted.length, bound));
    if (Boolean.getBoolean("test.verbose")) {
      System.out.println(what + ": " + share + " of the bound " + bound);
    }
  }

  private static double size(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  private float[] pixels() {
    return oracle.get(CASE + "images").floats();
  }

  private Network network(Backend backend) {
    Network network = new Network("small", Shape.image2d(28, 28, 1), CLASSES, backend, IMAGES);
    Initializer.initialize(network, 0); // the input scaling; everything else comes from the oracle
    int replaced = 0;
    for (Parameter parameter : network.parameters()) {
      String key = CASE + "weight:" + parameter.spec().name();
      if (oracle.has(key)) {
        float[] file = oracle.get(key).floats();
        float[] engine = new float[file.length];
        for (int i = 0; i < file.length; i++) {
          engine[parameter.spec().layout().engineIndex(i)] = file[i];
        }
        backend.upload(MemorySegment.ofArray(engine), parameter.value());
        replaced++;
      }
    }
    assertEquals(network.parameters().size() - 2, replaced, "all but input.scale and input.shift");
    return network;
  }

  private static float[] inFileOrder(Network network, Parameter parameter) {
    Buffer gradient = parameter.gradient();
    float[] engine = new Host(network.backend()).read(gradient);
    float[] file = new float[engine.length];
    for (int i = 0; i < file.length; i++) {
      file[i] = engine[parameter.spec().layout().engineIndex(i)];
    }
    return file;
  }
}
