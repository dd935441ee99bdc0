// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
 * The price of the order: the same C loop with the fixed chunks and tree, and with one running sum
 * a thread and -ffast-math ({@code bench/native/reductions.inc}); 64 channels, 28x28, 128 images.
 * The ordered loop is held against the definition on two images; engine {@code unerring} is the
 * engine's own operation.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ReductionBenchmark {
  private static final int IMAGES = 128;
  private static final int C = 64;
  private static final int SIDE = 28;
  private static final int LEVELS = 16;
  private static final Window WINDOW = Window.square(3, 1, 1);
  private static final int WEIGHTS = 9 * C * C;

  /** channelSums (the gradient of a bias) or weightGradients. */
  @Param("channelSums")
  public String reduction;

  @Param("2")
  public int threads;

  /** ordered, free, or unerring (weightGradients only). */
  @Param("ordered")
  public String engine;

  private CpuBackend backend;
  private Team team;
  private Runnable operation;

  /** A benchmark; JMH makes it. */
  public ReductionBenchmark() {}

  @Setup
  public void setUp() {
    backend = CpuBackend.open("auto", threads);
    team = new Team(threads);
    if (engine.equals("ordered")) {
      requireOrdered();
    }
    operation = engine.equals("unerring") ? engineOperation() : loop(IMAGES, new float[1][]);
  }

  private Runnable engineOperation() {
    Shape shape = new Shape(IMAGES, 1, SIDE, SIDE, C);
    Tensor x = Memory.random(backend, shape, 1);
    Tensor gradY = Memory.random(backend, shape, 2);
    Buffer gradWeight = backend.allocate(WEIGHTS);
    Buffer gradBias = backend.allocate(C);
    return () -> backend.convBackwardWeight(x, gradY, WINDOW, gradWeight, gradBias);
  }

  /** The loop over aligned halves of the images, each thread one, then their sum. */
  private Runnable loop(int images, float[][] result) {
    NativeCalls.Reduction loops = new NativeCalls.Reduction(engine);
    boolean sums = reduction.equals("channelSums");
    int size = sums ? C : WEIGHTS;
    int padded = SIDE + 2;
    MemorySegment gradY = segment(Memory.values((long) images * SIDE * SIDE * C, 2));
    MemorySegment x = sums ? gradY : segment(padded(images, padded));
    MemorySegment[] scratch = new MemorySegment[threads];
    MemorySegment[] out = new MemorySegment[threads];
    for (int i = 0; i < threads; i++) {
      scratch[i] = NativeCalls.allocate((long) LEVELS * size * Float.BYTES);
      out[i] = NativeCalls.allocate((long) size * Float.BYTES);
    }
    float[] total = new float[size];
    result[0] = total;
    int share = images / threads;
    return () -> {
      team.run(i -> {
        long begin = (long) i * share;
        if (sums) {
          loops.channelSums(gradY, begin, begin + share, scratch[i], out[i]);
        } else {
          loops.weightGradients(x, gradY, begin, begin + share, scratch[i], out[i]);
        }
      });
      for (int j = 0; j < size; j++) {
        float sum = out[0].getAtIndex(ValueLayout.JAVA_FLOAT, j);
        for (int i = 1; i < threads; i++) {
          sum = sum + out[i].getAtIndex(ValueLayout.JAVA_FLOAT, j);
        }
        total[j] = sum;
      }
    };
  }

  private void requireOrdered() {
    float[][] result = new float[1][];
    loop(2, result).run();
    try (Backend definition = new ReferenceBackend()) {
      Shape shape = new Shape(2, 1, SIDE, SIDE, C);
      Tensor x = Memory.random(definition, shape, 1);
      Tensor gradY = Memory.random(definition, shape, 2);
      Buffer gradWeight = definition.allocate(WEIGHTS);
      Buffer gradBias = definition.allocate(C);
      definition.convBackwardWeight(x, gradY, WINDOW, gradWeight, gradBias);
      Memory.requireSameBits(
          reduction.equals("channelSums") ? gradBias : gradWeight,
          Memory.upload(definition, result[0]),
          reduction);
    }
  }

  /** The images of {@link Memory#values} with a border of zeros. */
  private static float[] padded(int images, int padded) {
    float[] plain = Memory.values((long) images * SIDE * SIDE * C, 1);
    float[] all = new float[images * padded * padded * C];
    for (int row = 0; row < images * SIDE; row++) {
      int to = (row / SIDE * padded + row % SIDE + 1) * padded + 1;
      System.arraycopy(plain, row * SIDE * C, all, to * C, SIDE * C);
    }
    return all;
  }

  private static MemorySegment segment(float[] values) {
    MemorySegment segment = NativeCalls.allocate((long) values.length * Float.BYTES);
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 0, values.length);
    return segment;
  }

  @Benchmark
  public void run() {
    operation.run();
  }

  @TearDown
  public void tearDown() {
    team.close();
    backend.close();
  }
}
