// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import com.sun.management.ThreadMXBean;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A whole step as the trainer takes it: gather, forward, loss, backward, finiteness, Adam, running
 * statistics, progress to a silent monitor. Two steps on a batch of two are compared with the
 * definition, all trained values bit for bit.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class StepBenchmark {
  private static final int CUT = 2;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /**
   * What a step allocates on the Java heap, on all threads: the fewest bytes of an iteration's steps.
   * What a step allocates comes again in every step; what JMH's other threads do meanwhile, and
   * between the iterations, where its own profiler counts it too (about 7 KB), does not.
   */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Allocation {
    private long fewest;

    /** Nothing yet; JMH makes it. */
    public Allocation() {}

    /** Before each iteration. */
    @Setup(Level.Iteration)
    public void clear() {
      fewest = Long.MAX_VALUE;
    }

    /** Bytes a step. */
    public long allocatedBytes() {
      return fewest;
    }
  }

  @Param("small")
  public String net;

  @Param("2")
  public int threads;

  /** unerring, integer or djl. */
  @Param("unerring")
  public String engine;

  private Backend backend;
  private DjlStep peer;
  private DoubleSupplier step;

  /** A benchmark; JMH makes it. */
  public StepBenchmark() {}

  @Setup
  public void setUp() {
    Nets nets = Nets.named(net);
    if (engine.equals("djl")) {
      peer = new DjlStep(nets, threads);
      step = peer::run;
    } else {
      backend = CpuBackend.open("auto", threads);
      Arithmetic arithmetic =
          engine.equals("integer") ? Arithmetic.INTEGER : Arithmetic.ORDERED;
      requireSameSteps(nets, backend, arithmetic);
      step = nets.new Step(backend, nets.batch(), arithmetic)::run;
    }
  }

  private static void requireSameSteps(Nets nets, Backend measured, Arithmetic arithmetic) {
    try (Backend definition = new ReferenceBackend()) {
      Nets.Step wanted = nets.new Step(definition, CUT, arithmetic);
      Nets.Step found = nets.new Step(measured, CUT, arithmetic);
      for (int i = 0; i < 2; i++) {
        wanted.run();
        found.run();
      }
      String what = "training step of " + nets.name();
      Memory.requireSameBits(wanted.network.values(), found.network.values(), what);
    }
  }

  @Benchmark
  public double run(Allocation allocation) {
    long before = THREADS.getTotalThreadAllocatedBytes();
    double loss = step.getAsDouble();
    allocation.fewest =
        Math.min(allocation.fewest, THREADS.getTotalThreadAllocatedBytes() - before);
    return loss;
  }

  @TearDown
  public void tearDown() {
    if (peer != null) {
      peer.close();
    }
    if (backend != null) {
      backend.close();
    }
  }
}
