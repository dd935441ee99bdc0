// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.UnerringException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.data.Dataset;
import dev.unerring.errors.Labels;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.ffi.StubCuda;
import dev.unerring.network.Initializer;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.suite.NativeMemory;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training on a GPU that holds the images, makes the batches and repeats recorded steps, on
 * look-alikes of NVIDIA's libraries: the bits are the processor's, every failure is a typed error,
 * and nothing is left behind.
 */
class CudaTrainingTest {
  private static final int BATCH = 4;
  private static final int EPOCHS = 3;

  @TempDir private static Path folder;
  private static Path file;
  private static StubCuda stub;
  private static CudaStatus status;

  @BeforeAll
  static void build() throws Exception {
    file =
        TestData.write(
            folder.resolve("set.npz"),
            TestData.generated(10, 2, 0),
            TestData.generated(3, 2, 1),
            TestData.generated(2, 2, 2));
    stub = StubCuda.build(Files.createDirectory(folder.resolve("stub")));
    status = stub.status();
  }

  /** Batches of 4, 4 and 2 in each epoch, and counts of the training and validation images. */
  private static StoredTensors train(Backend backend, Dataset data, String network) {
    Network trained = new Network(network, data.imageShape(), 2, backend, BATCH);
    Initializer.initialize(trained, 3);
    TrainingPlan plan =
        TrainingPlan.standard()
            .with(c -> {
              c.architecture = network;
              c.seed = 3;
              c.epochs = EPOCHS;
              c.batchSize = BATCH;
              c.learningRate = LearningRate.constant(1e-3);
              c.weightDecay = 1e-4;
              c.stopAtFloor = false;
              c.patience = 0;
            });
    Labels goals = Labels.given(data.task(), data.train());
    new Trainer(plan, data, goals, 0, new Monitor() {}).train(trained);
    return StoredTensors.of(trained.exact());
  }

  @Test
  void recordedStepsHaveTheBitsOfTheProcessor() throws Exception {
    HostGpu host = HostGpu.build(Files.createDirectory(folder.resolve("host")));
    try (Dataset data = Dataset.open(file)) {
      String expected;
      try (Backend processor = TestBackends.open()) {
        expected = train(processor, data, "small").weightsSha256();
      }
      try (CudaBackend gpu = host.open()) {
        assertEquals(expected, train(gpu, data, "small").weightsSha256());
        // Full and last batches: step, statistics and counts.
        assertTrue(gpu.recorded() >= 6, gpu.recorded() + " graphs");
        assertTrue(gpu.repeated() >= 6, gpu.repeated() + " launches of graphs");
      }
    }
    assertEquals(0, host.stub().live());
  }

  private static void cycle(Dataset data, Arithmetic arithmetic) {
    try (Backend backend =
        arithmetic == Arithmetic.ORDERED
            ? CudaBackend.open(status)
            : CudnnBackend.open(status, arithmetic)) {
      train(backend, data, "small");
    }
  }

  @Test
  void aThousandTrainingsLeaveNothingBehind() throws Exception {
    stub.reset();
    long none = NativeMemory.bytes();
    try (Arena arena = Arena.ofConfined()) {
      arena.allocate(2L << 20);
      assertTrue(NativeMemory.bytes() - none > 1L << 20, "the JVM does not count what arenas hold");
    }
    try (Dataset data = Dataset.open(file)) {
      long early = 0;
      for (int i = 0; i < 1_000; i++) {
        cycle(data, Arithmetic.values()[i % Arithmetic.values().length]);
        assertEquals(0, stub.live());
        if (i == 300) {
          early = NativeMemory.bytes();
        }
      }
      long grown = NativeMemory.bytes() - early;
      assertTrue(grown < 1L << 20, grown + " bytes more after 1,000 trainings than after 300");
    }
  }

  @Test
  void anyCallOfATrainingMayFail() {
    try (Dataset data = Dataset.open(file)) {
      for (Arithmetic arithmetic : new Arithmetic[] {Arithmetic.ORDERED, Arithmetic.CUDNN_BF16}) {
        stub.reset();
        cycle(data, arithmetic);
        long calls = stub.calls();
        for (StubCuda.Kind kind : StubCuda.Kind.values()) {
          for (long n = 1 + kind.ordinal(); n <= calls; n += n < 200 ? 7 : 61) {
            stub.reset();
            stub.fail(n, kind);
            String context = "call " + n + ", " + kind;
            try {
              cycle(data, arithmetic);
              // A recording that fails is carried out call by call instead.
              assertTrue(
                  stub.failed().startsWith("cudaStream") || stub.failed().startsWith("cu"),
                  context + ", " + stub.failed());
            } catch (UnerringException e) {
              assertTrue(e.exitCode() == 6 || e.exitCode() == 1, context + ": " + e);
              assertTrue(e.getMessage().contains(";"), context + ": " + e);
            }
            assertEquals(0, stub.live(), context + ", " + stub.failed());
          }
        }
      }
    }
  }
}
