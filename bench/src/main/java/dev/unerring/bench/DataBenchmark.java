// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.data.Dataset;
import dev.unerring.audit.LabelAudit;
import java.nio.file.Path;
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
 * Reading an npz file (all checks and hashes included), and the audit of one that is open. The
 * audit has to find the contradictions that were planted.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class DataBenchmark {
  /** parse-demo (2,700 images, deflated), parse-large, audit-large (165,466 images). */
  @Param("parse-demo")
  public String work;

  private Path file;
  private Dataset open;

  /** A benchmark; JMH makes it. */
  public DataBenchmark() {}

  @Setup
  public void setUp() {
    file = work.endsWith("demo") ? GeneratedSets.demo() : GeneratedSets.large();
    if (work.startsWith("audit")) {
      open = Dataset.open(file);
      int floor = new LabelAudit(open).floor();
      if (floor != GeneratedSets.CONFLICTS) {
        throw new IllegalStateException("the audit's floor is " + floor);
      }
    }
  }

  @Benchmark
  public int run() {
    if (open != null) {
      return new LabelAudit(open).floor();
    }
    try (Dataset data = Dataset.open(file)) {
      return data.train().size();
    }
  }

  @TearDown
  public void tearDown() {
    if (open != null) {
      open.close();
    }
  }
}
