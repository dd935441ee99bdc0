// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.ffi.CpuKernels;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Two training steps of real size have one SHA-256 over every tensor they make, for every kernel
 * set and 1, 2 and 7 threads; with a small batch it is that of the reference as well.
 */
final class WidthAndThreadTest {
  private static final int[] THREADS = {1, 2, 7};

  @Test
  void oneHashForEveryKernelSetAndTeam() {
    Map<String, String> hashes = hashes(37);
    String first = hashes.values().iterator().next();
    hashes.forEach((run, hash) -> assertEquals(first, hash, run + "; " + TestSeed.replay()));
    System.out.println(
        "WidthAndThreadTest: "
            + hashes.size()
            + " runs give "
            + first
            + "; kernel sets "
            + KernelSets.find().summary());
  }

  @Test
  void theReferenceHasTheSameHash() {
    String reference = TrainingStep.sha256(new ReferenceBackend(), 2);
    hashes(2).forEach((run, hash) -> assertEquals(reference, hash, run + "; " + TestSeed.replay()));
  }

  private static Map<String, String> hashes(int batch) {
    Map<String, String> hashes = new TreeMap<>();
    for (CpuKernels kernels : KernelSets.find().supported()) {
      String set = kernels.set().label();
      for (int threads : THREADS) {
        hashes.put(
            set + ", threads " + threads,
            TrainingStep.sha256(CpuBackend.open(set, threads), batch));
      }
    }
    return hashes;
  }
}
