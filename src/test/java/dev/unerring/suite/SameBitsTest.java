// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static dev.unerring.train.CorrectionPlan.Method.AUTO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.unerring.ffi.CpuKernels;
import dev.unerring.run.Device;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run is a function of plan and data: weightsSha256 and logitsSha256 are the same for every
 * number of threads, kernel set and repetition, and on the definition; another seed gives others.
 */
class SameBitsTest {
  @TempDir private Path folder;
  private int runs;

  @Test
  void threadsKernelSetsAndRepetitions() {
    KernelSets sets = KernelSets.find();
    Path data = TestData.writeContrary(folder.resolve("some.npz"), 24, 3);
    TrainingPlan plan = plan(0, 2);
    Map<String, String> bits = new TreeMap<>();
    for (CpuKernels kernels : sets.supported()) {
      String set = kernels.set().label();
      for (int threads = 1; threads <= 2; threads++) {
        bits.put(set + ", threads " + threads, run(data, plan, new Device("cpu", set, threads)));
      }
    }
    bits.put("again", run(data, plan, new Device("auto", "auto", 2)));
    requireOne(bits);
    assertNotEquals(
        bits.get("again"), run(data, plan(1, 2), new Device("auto", "auto", 2)), "another seed");
    System.out.println(
        "SameBitsTest: " + bits.size() + " runs agree; kernel sets " + sets.summary());
  }

  @Test
  void theDefinition() {
    KernelSets.find();
    Path data = TestData.writeContrary(folder.resolve("few.npz"), 8, 2);
    Map<String, String> bits = new TreeMap<>();
    bits.put("cpu", run(data, plan(0, 1), new Device("cpu", "auto", 2)));
    bits.put("reference", run(data, plan(0, 1), new Device("reference", "auto", 1)));
    requireOne(bits);
  }

  private static void requireOne(Map<String, String> bits) {
    String first = bits.values().iterator().next();
    bits.forEach((run, hashes) -> assertEquals(first, hashes, run + "; " + TestSeed.replay()));
  }

  /** All correctors follow the epochs, so that they are part of what is compared. */
  private static TrainingPlan plan(long seed, int epochs) {
    CorrectionPlan correction = new CorrectionPlan(AUTO, 1, 2, 1, 0.1, 1, 1, 1e-3);
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = "small";
          c.seed = seed;
          c.epochs = epochs;
          c.batchSize = 7;
          c.learningRate = LearningRate.constant(1e-3);
          c.correction = correction;
          c.patience = 0;
        });
  }

  private String run(Path data, TrainingPlan plan, Device device) {
    Path out = folder.resolve("run" + runs++);
    RunRequest request = new RunRequest(data, out, plan, device);
    RunResult result = Pipeline.train(request, Monitor.SILENT, () -> 0);
    assertNotEquals(
        0L, result.report().toJson().get("correctionSteps"), "nothing was left to correct");
    return result.report().toJson().get("weightsSha256")
        + " "
        + result.report().toJson().get("logitsSha256");
  }
}
