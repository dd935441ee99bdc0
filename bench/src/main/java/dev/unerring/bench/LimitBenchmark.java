// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.lang.foreign.MemorySegment;
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
 * What the processor can do at most: fused multiply-adds in registers, at a vector width; and
 * memory, read and written as a first layer reads its images and writes its output.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LimitBenchmark {
  private static final int ACCUMULATORS = 12;
  private static final int FLOAT_BITS = 32;
  private static final long ROUNDS = 2_000_000;

  /** fma512, fma256, fma128 or memory-LAYER. */
  @Param("fma256")
  public String limit;

  @Param("2")
  public int threads;

  private Team team;
  private Runnable operation;

  /** A benchmark; JMH makes it. */
  public LimitBenchmark() {}

  /** Billions of floating-point operations of one call with all threads. */
  static double gflop(int bits, int threads) {
    return 2e-9 * threads * ROUNDS * ACCUMULATORS * bits / FLOAT_BITS;
  }

  @Setup
  public void setUp() {
    team = new Team(threads);
    if (limit.startsWith("fma")) {
      int bits = Integer.parseInt(limit.substring("fma".length()));
      operation = () -> team.run(index -> NativeCalls.peak(bits, ROUNDS));
    } else {
      ConvCase layer = ConvCase.named(limit.substring("memory-".length()));
      MemorySegment read = NativeCalls.allocate(layer.input().elements() * Float.BYTES);
      MemorySegment write = NativeCalls.allocate(layer.output().elements() * Float.BYTES);
      operation =
          () -> team.run(index -> NativeCalls.memory(part(read, index), part(write, index)));
    }
  }

  private MemorySegment part(MemorySegment whole, int index) {
    long floats = whole.byteSize() / Float.BYTES / threads;
    return whole.asSlice(index * floats * Float.BYTES, floats * Float.BYTES);
  }

  @Benchmark
  public void run() {
    operation.run();
  }

  @TearDown
  public void tearDown() {
    team.close();
  }
}
