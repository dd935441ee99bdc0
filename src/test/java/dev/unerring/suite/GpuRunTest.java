// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.backend.cuda.RealGpu;
import dev.unerring.generate.DemoSet;
import dev.unerring.run.Device;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs on a real GPU in ordered arithmetic have the hashes of the processor: audit, three
 * epochs, correction and re-check. {@code -Dgpu.data=folder} names where the data sets lie.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class GpuRunTest {
  private static final String[] SETS = {"demo", "breastmnist", "retinamnist", "adrenalmnist3d"};
  private static final int EPOCHS = 3;

  @TempDir private Path folder;

  @BeforeAll
  void gpu() {
    RealGpu.required();
  }

  @TestFactory
  Stream<DynamicTest> sameHashes() {
    return Stream.of(SETS).map(set -> DynamicTest.dynamicTest(set, () -> compare(set)));
  }

  private void compare(String set) throws Exception {
    Path file = Path.of(System.getProperty("gpu.data", "../shared/datasets")).resolve(set + ".npz");
    if (set.equals("demo")) {
      file = folder.resolve("demo.npz");
      DemoSet.write(file);
    }
    Assumptions.assumeTrue(Files.exists(file), "SKIPPED, " + file + " is not there (-Dgpu.data=)");
    RunResult processor = run(file, set, "cpu");
    RunResult gpu = run(file, set, "cuda");
    for (String key :
        new String[] {"weightsSha256", "logitsSha256", "trainErrors", "correctionSteps"}) {
      assertEquals(
          processor.report().toJson().get(key), gpu.report().toJson().get(key), set + ": " + key);
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %s on both; processor %s s, GPU %s s%n",
        set,
        gpu.report().toJson().get("weightsSha256"),
        seconds(processor),
        seconds(gpu));
  }

  private static Object seconds(RunResult result) {
    return ((java.util.Map<?, ?>) result.report().toJson().get("seconds")).get("total");
  }

  private RunResult run(Path file, String set, String device) {
    TrainingPlan p = TrainingPlan.standard();
    TrainingPlan plan =
        p.with(c -> {
          c.architecture = "auto";
          c.seed = 0;
          c.epochs = EPOCHS;
          c.batchSize = 0;
          c.weightDecay = 0;
          c.batchNormMomentum = 0.1;
          c.primeTo = 0;
          c.stopAtFloor = true;
          c.correction =
              new dev.unerring.train.CorrectionPlan(
                  dev.unerring.train.CorrectionPlan.Method.FOCUS, 1, 4, 0.5, 0x1p-6, 1, 1, 1e-4);
          c.patience = 0;
        });
    int threads = Runtime.getRuntime().availableProcessors();
    Path out = folder.resolve(set + "-" + device);
    RunRequest request = new RunRequest(file, out, plan, new Device(device, "auto", threads));
    return Pipeline.train(request, new Monitor() {}, System::nanoTime);
  }
}
