// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.backend.CpuBackend;
import dev.unerring.ffi.CpuKernels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * One hash of the weights after a short training run, whatever the kernel set, the number of
 * threads, the way the JVM runs its code and its garbage collector. (Parts of a batch: {@link
 * SplitBatchTest}; NEON: {@link ReplayTest}.)
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OneHashTest {
  private static final int[] THREADS = {1, 2, 3, 7};

  @Test
  void everyKernelSetAndNumberOfThreads() {
    KernelSets sets = KernelSets.find();
    for (TrainedHash.Case each : TrainedHash.Case.values()) {
      String expected = null;
      for (CpuKernels kernels : sets.supported()) {
        String set = kernels.set().label();
        boolean few = each.name().startsWith("RESIDUAL") && kernels != sets.best();
        for (int threads : few ? new int[] {2} : THREADS) {
          String found = TrainedHash.of(each, CpuBackend.open(set, threads));
          expected = expected == null ? found : expected;
          assertEquals(expected, found, each + ", " + set + ", " + threads + " threads");
        }
      }
      System.out.println("OneHashTest: " + each + " " + expected + ", " + sets.summary());
    }
  }

  @Test
  void interpretedCompiledAndCollected() throws Exception {
    KernelSets.find();
    List<TrainedHash.Case> few = List.of(TrainedHash.Case.SMALL_ADAM, TrainedHash.Case.VOLUME);
    List<String> expected = new ArrayList<>();
    for (TrainedHash.Case each : few) {
      expected.add(each + " " + TrainedHash.of(each, CpuBackend.open("auto", 2)));
    }
    List<String> arguments = new ArrayList<>(List.of("auto", "2"));
    few.forEach(each -> arguments.add(each.name()));
    for (List<String> options :
        List.of(
            List.of("-Xint", "-XX:+UseSerialGC"),
            List.of("-Xcomp", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
            List.of("-XX:-TieredCompilation", "-XX:+UseParallelGC"),
            List.of("-XX:+UseG1GC"),
            List.of("-XX:+UseZGC"))) {
      List<String> found = ChildJvm.lines(options, TrainedHash.class, arguments);
      assertEquals(expected, found, String.join(" ", options));
    }
  }
}
