// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.AdamStep;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Everything between the products: batch norm, ReLU, addition and pooling at 128 images of 28x28
 * with 64 channels, optimisers over the parameters of ResNet-18. Bits are compared at full size.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LayerBenchmark {
  static final List<String> OPERATIONS =
      List.of(
          "batchNormStatistics",
          "batchNormForward",
          "batchNormBackward",
          "reluForward",
          "reluBackward",
          "add",
          "maxPoolForward",
          "maxPoolBackward",
          "averagePoolForward",
          "averagePoolBackward",
          "adamStep",
          "sgdStep");

  private static final Shape SHAPE = new Shape(128, 1, 28, 28, 64);
  private static final int PARAMETERS = 11_173_962;

  @Param("reluForward")
  public String operation;

  @Param("2")
  public int threads;

  private CpuBackend backend;
  private Operands operands;

  /** A benchmark; JMH makes it. */
  public LayerBenchmark() {}

  @Setup
  public void setUp() {
    backend = CpuBackend.open("auto", threads);
    operands = new Operands(backend, operation.endsWith("Step"));
    operands.run(operation);
    try (Backend definition = new ReferenceBackend()) {
      Operands reference = new Operands(definition, operation.endsWith("Step"));
      reference.run(operation);
      for (int i = 0; i < reference.results.size(); i++) {
        Memory.requireSameBits(reference.results.get(i), operands.results.get(i), operation);
      }
    }
  }

  @Benchmark
  public void run() {
    operands.run(operation);
  }

  @TearDown
  public void tearDown() {
    backend.close();
  }

  /** What the operations read and write, on one backend. */
  private static final class Operands {
    private final Backend backend;
    private final Window half = Window.square(2, 2, 0);
    private final AdamStep adam = AdamStep.at(1e-3, 0.9, 0.999, 1e-8, 0.0, 0.9, 0.999);
    private final Tensor x;
    private final Tensor other;
    private final Tensor y;
    private final Tensor pooled;
    private final Tensor mean;
    private final Buffer[] channels = new Buffer[4];
    private final Buffer[] parameters = new Buffer[4];
    final List<Buffer> results;

    Operands(Backend backend, boolean optimiser) {
      this.backend = backend;
      Shape shape = optimiser ? SHAPE.withN(1) : SHAPE;
      x = Memory.random(backend, shape, 1);
      other = Memory.random(backend, shape, 2);
      y = Memory.empty(backend, shape);
      pooled = Memory.random(backend, half.outputOf(shape, shape.c()), 3);
      mean = Memory.random(backend, Shape.vectors(shape.n(), shape.c()), 4);
      for (int i = 0; i < channels.length; i++) {
        channels[i] = Memory.random(backend, shape.c(), 5 + i);
        parameters[i] = Memory.random(backend, optimiser ? PARAMETERS : 1, 9 + i);
      }
      // A variance and Adam's second moment are not negative.
      backend.reluForward(vector(channels[1]), vector(channels[1]));
      backend.reluForward(vector(parameters[3]), vector(parameters[3]));
      results =
          List.of(
              y.data(),
              pooled.data(),
              mean.data(),
              channels[0],
              channels[1],
              channels[2],
              channels[3],
              parameters[0],
              parameters[2],
              parameters[3]);
    }

    private static Tensor vector(Buffer buffer) {
      return new Tensor(Shape.vectors(1, (int) buffer.length()), buffer);
    }

    void run(String operation) {
      switch (operation) {
        case "batchNormStatistics" -> backend.batchNormStatistics(x, channels[0], channels[1]);
        case "batchNormForward" ->
            backend.batchNormForward(x, channels[0], channels[1], channels[2], channels[3], y);
        case "batchNormBackward" ->
            backend.batchNormBackward(
                x,
                other,
                channels[0],
                channels[1],
                mean.data().slice(0, SHAPE.c()),
                false,
                channels[2],
                channels[3],
                y);
        case "reluForward" -> backend.reluForward(x, y);
        case "reluBackward" -> backend.reluBackward(x, other, y);
        case "add" -> backend.add(x, other, y);
        case "maxPoolForward" -> backend.maxPoolForward(x, half, pooled);
        case "maxPoolBackward" -> backend.maxPoolBackward(x, pooled, half, y);
        case "averagePoolForward" -> backend.averagePoolForward(x, mean);
        case "averagePoolBackward" -> backend.averagePoolBackward(mean, y);
        case "adamStep" ->
            backend.adamStep(parameters[0], parameters[1], parameters[2], parameters[3], adam);
        case "sgdStep" ->
            backend.sgdStep(parameters[0], parameters[1], parameters[2], 1e-3f, 0.9f, 0.0f);
        default -> throw new IllegalArgumentException(operation);
      }
    }
  }
}
