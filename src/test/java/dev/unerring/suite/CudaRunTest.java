// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.UnerringException;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.cuda.HostGpu;
import dev.unerring.ffi.StubCuda.Kind;
import dev.unerring.run.Device;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole training steps on the host build of the GPU's kernels: the hash of the definition, nothing
 * left behind whatever fails, and a wrong kernel is noticed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CudaRunTest {
  private static final Path SOURCES = Path.of("native", "cuda");

  /** Calls of which every one fails once; of the later ones, which are much alike, some do. */
  private static final int OPENING = 24;

  private static final List<Kind> KINDS =
      List.of(Kind.OUT_OF_MEMORY, Kind.NO_DEVICE, Kind.ECC, Kind.ILLEGAL_ADDRESS);

  private static final String PROPERTY = "unerring.cuda.path";

  @TempDir private static Path folder;
  private HostGpu gpu;

  @BeforeAll
  void build() throws Exception {
    gpu = HostGpu.build(folder);
    gpu.stub().seed(TestSeed.VALUE);
  }

  @Test
  void theHashIsThatOfTheDefinition() {
    String expected = TrainingStep.sha256(new ReferenceBackend(), 2);
    assertEquals(expected, TrainingStep.sha256(gpu.open(), 2), TestSeed.replay());
    assertEquals(0, gpu.stub().live());
  }

  @Test
  void anyCallMayFail() {
    gpu.stub().reset();
    TrainingStep.sha256(gpu.open(), 1);
    long calls = gpu.stub().calls();
    for (long n = 1; n <= calls; n += n < OPENING ? 1 : calls / 9) {
      Kind kind = KINDS.get((int) (n % KINDS.size()));
      gpu.stub().reset();
      gpu.stub().fail(n, kind);
      UnerringException failure =
          assertThrows(UnerringException.class, () -> TrainingStep.sha256(gpu.open(), 1));
      assertEquals(0, gpu.stub().live(), "call " + n + ", " + kind + ": " + failure);
      assertTrue(failure.exitCode() == 6 || failure.exitCode() == 1, failure::getMessage);
    }
    gpu.stub().reset();
  }

  @Test
  void aThousandBackendsLeaveNothing() {
    gpu.stub().reset();
    for (int i = 0; i < 1_000; i++) {
      gpu.open().close();
    }
    assertEquals(0, gpu.stub().live());
  }

  @Test
  void aWholeRunHasTheHashesOfTheProcessor(@TempDir Path runs) throws Exception {
    Path data = TestData.writeContrary(runs.resolve("few.npz"), 8, 2);
    CorrectionPlan none = CorrectionPlan.standard().with(CorrectionPlan.Method.NONE);
    LearningRate rate = LearningRate.constant(1e-3);
    TrainingPlan plan =
        TrainingPlan.standard()
            .with(c -> {
              c.architecture = "small";
              c.epochs = 1;
              c.batchSize = 8;
              c.learningRate = rate;
              c.correction = none;
              c.patience = 0;
            });
    String before = System.getProperty(PROPERTY);
    System.setProperty(PROPERTY, gpu.stub().folder().toString());
    try {
      Map<String, Object> cpu = run(data, runs.resolve("cpu"), plan, TestBackends.device());
      Map<String, Object> cuda =
          run(data, runs.resolve("cuda"), plan, new Device("auto", "auto", 1));
      for (String hash : List.of("weightsSha256", "logitsSha256")) {
        assertEquals(cpu.get(hash), cuda.get(hash), hash);
      }
      assertEquals("cuda", cuda.get("device"), "auto takes the GPU that can be used");
      assertEquals("ordered", cuda.get("arithmetic"));
      assertEquals("Stub GPU", cuda.get("gpu"));
      assertEquals("9.9", cuda.get("computeCapability"));
      assertEquals("13.0", cuda.get("cudaRuntime"));
    } finally {
      if (before == null) {
        System.clearProperty(PROPERTY);
      } else {
        System.setProperty(PROPERTY, before);
      }
    }
    assertEquals(0, gpu.stub().live());
  }

  private static Map<String, Object> run(Path data, Path out, TrainingPlan plan, Device device) {
    RunRequest request = new RunRequest(data, out, plan, device);
    return Pipeline.train(request, Monitor.SILENT, () -> 0).report().toJson();
  }

  /** A file, a piece of its text, and what stands there instead: each a wrong kernel. */
  private record Mutation(String file, String text, String instead) {}

  @Test
  void aMissingBarrierOrAnotherOrderIsNoticed(@TempDir Path other) throws Exception {
    String wait = "    copies_arrived();\n    __syncthreads();\n";
    int number = 0;
    for (Mutation mutation :
        List.of(
            new Mutation("product.cuh", wait, "    copies_arrived();\n"),
            new Mutation("product.cuh", wait, "    __syncthreads();\n"),
            new Mutation("weight.cuh", wait, "    copies_arrived();\n"),
            new Mutation("kernels.cuh", "#define NEUTRAL (-0.0f)", "#define NEUTRAL 0.0f"))) {
      Path sources = Files.createDirectory(other.resolve("" + number++));
      mutate(sources, mutation);
      HostGpu wrong = HostGpu.build(sources, sources, "-O0");
      wrong.stub().seed(TestSeed.VALUE);
      assertTrue(differs(wrong), mutation + " is not noticed; " + TestSeed.replay());
    }
  }

  /** Whether a few convolutions differ from the definition. */
  private static boolean differs(HostGpu wrong) {
    List<EqualityCase> all = ConvolutionCases.all();
    for (int at : new int[] {5, 19, 45, 52, 60, 100}) {
      for (int guard : new int[] {Operands.GUARD, Operands.ALIGNED_GUARD}) {
        for (Values values : List.of(Values.PLAIN, Values.TINY)) {
          EqualityCase each = all.get(at);
          try (ReferenceBackend reference = new ReferenceBackend();
              var backend = wrong.open(10_000)) {
            Operands expected = new Operands(reference, values, at, guard);
            each.computation().run(reference, expected);
            Operands operands = new Operands(backend, values, at, guard);
            each.computation().run(backend, operands);
            if (!operands.compareWith(expected).isEmpty()) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }

  private static void mutate(Path into, Mutation mutation) throws IOException {
    try (var files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        String text = Files.readString(file);
        if (file.endsWith(mutation.file())) {
          assertTrue(text.contains(mutation.text()), mutation::toString);
          text = text.replace(mutation.text(), mutation.instead());
        }
        Files.writeString(into.resolve(file.getFileName()), text);
      }
    }
  }
}
