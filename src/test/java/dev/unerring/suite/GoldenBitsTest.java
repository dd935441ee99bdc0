// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static dev.unerring.train.CorrectionPlan.Method.TUNNELING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.base.OrderedMath;
import dev.unerring.base.Philox;
import dev.unerring.base.Sha256;
import dev.unerring.errors.Labels;
import dev.unerring.generate.DemoSet;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import dev.unerring.train.Adam;
import dev.unerring.train.BatchStep;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bits of this version are those of the last one: random numbers, exp and log, a training step,
 * the demo set and a whole run have the SHA-256 values of src/test/resources/golden. {@code make
 * golden} rewrites them, in a commit of its own.
 */
class GoldenBitsTest {
  private static final boolean UPDATE = Boolean.getBoolean("golden.update");
  private static final int NUMBERS = 4096;

  @TempDir private Path folder;

  @Test
  void randomNumbers() throws IOException {
    ByteBuffer bytes = buffer(NUMBERS);
    for (int i = 0; i < NUMBERS; i++) {
      long index = i < NUMBERS / 2 ? i : (1L << 34) - NUMBERS / 2 + i;
      bytes.putInt(Philox.bits(0x0123456789abcdefL, i & 7, i >> 6, index));
    }
    golden("philox", Sha256.hex(bytes.array()));
  }

  /** Every exponent and sign, with mantissas spread over the range; NaN as 0x7fc00000. */
  @Test
  void expAndLog() throws IOException {
    int count = 1 << 17;
    ByteBuffer bytes = buffer(2 * count);
    for (int i = 0; i < count; i++) {
      float x = Float.intBitsToFloat(i << 15 | i * 0x9E37 & 0x7fff);
      bytes.putInt(Float.floatToIntBits(OrderedMath.exp(x)));
      bytes.putInt(Float.floatToIntBits(OrderedMath.log(x)));
    }
    golden("exp-log", Sha256.hex(bytes.array()));
  }

  @Test
  void trainingStep() throws IOException {
    int images = 5;
    try (Backend backend = TestBackends.open()) {
      Network network = new Network("small", Shape.image2d(28, 28, 1), 3, backend, images);
      Initializer.initialize(network, 42);
      float[] pixels = new float[images * TestData.IMAGE];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = Philox.bits(42, 1_300, 0, i) >>> 24;
      }
      Labels goals = Labels.single(0, 1, 2, 1, 0);
      int[] samples = IntStream.range(0, images).toArray();
      float loss =
          new BatchStep(network).gradients(pixels, goals, samples, Mode.BATCH_STATISTICS, "golden");
      ByteBuffer bytes = buffer(Math.toIntExact(1 + network.parameterCount() + images * 3));
      bytes.putInt(Float.floatToIntBits(loss));
      put(
          bytes,
          backend,
          new Tensor(Shape.vectors(1, (int) network.parameterCount()), network.gradients()));
      new Adam(network).step(1e-3, 1e-4);
      network.commitStatistics(0.1f);
      put(
          bytes,
          backend,
          network.forward(MemorySegment.ofArray(pixels), images, Mode.RUNNING_STATISTICS));
      String weights = StoredTensors.of(network).weightsSha256();
      golden("training-step", Sha256.hex(bytes.array()) + "\n" + weights);
    }
  }

  @Test
  void integerTraining() throws IOException {
    List<String> hashes = new ArrayList<>();
    for (TrainedHash.Case each : TrainedHash.Case.values()) {
      if (each.name().endsWith("_INTEGER")) {
        hashes.add(TrainedHash.of(each, TestBackends.open()));
      }
    }
    golden("integer-training", String.join("\n", hashes));
  }

  private static void put(ByteBuffer bytes, Backend backend, Tensor tensor) {
    int[] words = new int[Math.toIntExact(tensor.shape().elements())];
    backend.download(tensor.data(), MemorySegment.ofArray(words));
    for (int word : words) {
      bytes.putInt(Float.floatToIntBits(Float.intBitsToFloat(word)));
    }
  }

  @Test
  void demoSet() throws IOException {
    Path file = folder.resolve("demo.npz");
    DemoSet.write(file);
    golden("demo-set", Sha256.hexOfFile(file));
  }

  /** Two epochs and two sessions of correction on a small generated set. */
  @Test
  void wholeRun() throws IOException {
    Path file = folder.resolve("set.npz");
    DemoSet.write(file, 3, 64, 16, 16, 1);
    CorrectionPlan correction = new CorrectionPlan(TUNNELING, 1, 1, 0.5, 0.1, 2, 2, 1e-3);
    TrainingPlan plan =
        TrainingPlan.standard()
            .with(c -> {
              c.architecture = "small";
              c.seed = 7;
              c.epochs = 2;
              c.batchSize = 24;
              c.learningRate = LearningRate.constant(1e-3);
              c.weightDecay = 1e-4;
              c.correction = correction;
              c.patience = 0;
            });
    RunRequest request = new RunRequest(file, folder.resolve("run"), plan, TestBackends.device());
    RunResult result = Pipeline.train(request, Monitor.SILENT, () -> 0);
    golden(
        "whole-run",
        result.report().toJson().get("weightsSha256")
            + "\n"
            + result.report().toJson().get("logitsSha256"));
  }

  private static ByteBuffer buffer(int words) {
    return ByteBuffer.allocate(words * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void golden(String name, String found) throws IOException {
    Path base = Path.of(System.getProperty("basedir", ""));
    Path file = base.resolve("src/test/resources/golden").resolve(name + ".txt");
    if (UPDATE) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, found + "\n");
      return;
    }
    assertTrue(Files.isRegularFile(file), file + " is absent; 'make golden' writes it");
    assertEquals(
        Files.readString(file).strip(),
        found,
        name + ": the bits changed; if that is meant, run 'make golden' in a commit of its own");
  }
}
