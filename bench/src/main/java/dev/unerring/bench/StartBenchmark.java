// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** {@code unerring --version} as a process of its own, from start to exit. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class StartBenchmark {
  /** A benchmark; JMH makes it. */
  public StartBenchmark() {}

  @Benchmark
  public int run() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(Settings.program().toString(), "--version")
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.waitFor();
    if (status != 0 || !text.startsWith("unerring ")) {
      throw new IllegalStateException("exit " + status + ": " + text);
    }
    return text.length();
  }
}
