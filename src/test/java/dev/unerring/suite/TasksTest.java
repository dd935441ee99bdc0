// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Philox;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.errors.Evaluator;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.npz.NpzWriter;
import dev.unerring.report.WrongSample;
import dev.unerring.run.CorrectionRequest;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.run.TrainedRun;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Multi-label sets and 3D sets go through the whole pipeline like the others: to the floor exactly,
 * every unavoidable error named, the same count on the re-read model.
 */
class TasksTest {
  private static final int LABELS = 3;
  private static final int SAMPLES = 64;

  @TempDir private Path folder;

  @Test
  void multiLabelSetsReachTheirFloor() throws IOException {
    Path file = multiLabel();
    RunResult result = run(file, plan("small", 0));
    // 4 and 12 differ in two labels, 9 and 17 in one, and 17 = 25 have the majority.
    assertEquals(3, result.report().train().floor());
    assertEquals(
        3, result.report().train().errors().orElseThrow(), result.report().toJson().toString());
    assertEquals(EndedBy.FLOOR, result.report().endedBy());
    assertEquals(2L, result.report().toJson().get("sampleFloor"), "one sample of each group");
    assertEquals(2L, result.report().toJson().get("trainWrongSamples"));
    assertEquals(3L, result.report().toJson().get("floorAfterPreprocessing"));
    assertTrue(
        result.report().toJson().get("sampleFloorNote").toString().contains("not be reachable"));
    assertEquals((long) SAMPLES * LABELS, result.report().toJson().get("trainDecisions"));
    assertEquals("multi-label, binary-class", result.report().toJson().get("task"));
    Path out = result.folder();
    List<String> left =
        Files.readAllLines(out.resolve("errors.csv")).stream()
            .filter(line -> line.startsWith("final,"))
            .toList();
    assertEquals(3, left.size());
    assertTrue(left.stream().allMatch(line -> line.contains("identical-image")), left.toString());
    assertTrue(left.stream().anyMatch(line -> line.startsWith("final,9,")), left.toString());
    Map<?, ?> val = (Map<?, ?>) result.report().toJson().get("val");
    assertTrue((double) val.get("acc") > 0.9, val.toString());
  }

  @Test
  void whatTrainingLeavesOfAMultiLabelSetIsCorrected() throws IOException {
    RunResult result = run(multiLabel(), plan("small", 0.2));
    assertTrue(
        (long) result.report().toJson().get("trainErrorsAfterTraining") > 3,
        "nothing was left over");
    assertTrue((long) result.report().toJson().get("correctionSteps") > 0);
    assertEquals(
        3, result.report().train().errors().orElseThrow(), result.report().toJson().toString());
  }

  @Test
  void solidSetsReachZeroWithTheBitsOfTheDefinition() throws IOException {
    Path file = solid();
    RunResult result = run(file, plan("small3d", 0));
    assertEquals(0, result.report().train().errors().orElseThrow());
    assertEquals(0, result.report().train().floor());
    Path model = result.folder().resolve("model.safetensors");
    float[][] logits = new float[2][];
    for (int side = 0; side < 2; side++) {
      try (Backend backend = side == 0 ? TestBackends.open() : new ReferenceBackend();
          Dataset data = Dataset.open(file)) {
        Network network = ModelFile.read(model, backend, 5);
        logits[side] = Evaluator.logits(network, data.test());
      }
    }
    assertArrayEquals(logits[1], logits[0]);
  }

  /** Samples that are found later join, here those of val, which training has not seen. */
  @Test
  void laterSamplesJoinMultiLabelAndSolidSets() {
    RunResult labels = later(run(multiLabel(), plan("small", 0)), 3);
    assertEquals(3, labels.report().train().floor());
    assertEquals(3, labels.report().train().errors().orElseThrow());
    assertEquals(2L * SAMPLES * LABELS, labels.report().toJson().get("trainDecisions"));
    List<Map<String, Object>> lines =
        TrainedRun.open(labels.folder()).history().samples().stream()
            .map(WrongSample::toJson)
            .toList();
    List<Map<String, Object>> unavoidable =
        lines.stream().filter(line -> line.get("unavoidable").equals(true)).toList();
    assertFalse(unavoidable.isEmpty());
    for (Map<String, Object> line : unavoidable) {
      Map<?, ?> event = (Map<?, ?>) ((List<?>) line.get("wrong")).getLast();
      assertEquals(LABELS, ((List<?>) event.get("predictedLabel")).size());
    }
    RunResult solid = later(run(solid(), plan("small3d", 0)), 1);
    assertEquals(0, solid.report().train().errors().orElseThrow());
    assertEquals(48L, solid.report().toJson().get("trainSamples"));
  }

  private RunResult later(RunResult first, int columns) {
    TrainedRun run = TrainedRun.open(first.folder());
    Path add = folder.resolve("add" + columns + ".npz");
    try (Dataset data = Dataset.open(run.recordedData())) {
      Split val = data.val();
      List<Integer> shape = new ArrayList<>(List.of(val.size()));
      shape.addAll(columns == 1 ? List.of(8, 8, 8) : List.of(28, 28));
      byte[] labels = new byte[val.size() * columns];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = (byte) val.label(i / columns, i % columns);
      }
      NpzWriter npz = new NpzWriter(false);
      npz.add("images", NpzWriter.npy("|u1", shape, val.images().toArray(JAVA_BYTE)));
      npz.add("labels", NpzWriter.npy("|u1", List.of(val.size(), columns), labels));
      npz.write(add);
    }
    CorrectionRequest request =
        new CorrectionRequest(run, add, folder.resolve("later" + columns), TestBackends.device());
    return Pipeline.correct(request, Monitor.SILENT, () -> 0).orElseThrow();
  }

  private RunResult run(Path file, TrainingPlan plan) {
    Path out = folder.resolve(plan.architecture() + plan.primeTo());
    RunRequest request = new RunRequest(file, out, plan, TestBackends.device());
    return Pipeline.train(request, Monitor.SILENT, () -> 0);
  }

  private static TrainingPlan plan(String architecture, double primeTo) {
    LearningRate rate = LearningRate.constant(1e-3);
    CorrectionPlan correction = CorrectionPlan.standard();
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = architecture;
          c.epochs = 80;
          c.batchSize = 16;
          c.learningRate = rate;
          c.batchNormMomentum = 0.3;
          c.primeTo = primeTo;
          c.correction = correction;
          c.patience = 0;
        });
  }

  /** Each label is a bar that is there or not, in noise; three groups of identical images. */
  private Path multiLabel() {
    NpzWriter writer = new NpzWriter(false);
    for (String split : List.of("train", "val", "test")) {
      byte[] images = new byte[SAMPLES * TestData.IMAGE];
      byte[] labels = new byte[SAMPLES * LABELS];
      for (int n = 0; n < SAMPLES; n++) {
        for (int label = 0; label < LABELS; label++) {
          labels[n * LABELS + label] = (byte) (n >> label & 1);
        }
        for (int i = 0; i < TestData.IMAGE; i++) {
          int band = i / 28 / 9;
          boolean bar = band < LABELS && (n >> band & 1) == 1 && i / 28 % 9 < 5;
          int noise = Philox.bits(3, 1_400, split.length(), n * 784L + i) >>> 26;
          images[n * TestData.IMAGE + i] = (byte) (noise + (bar ? 120 : 0));
        }
      }
      if (split.equals("train")) {
        copy(images, 4, 12);
        labels[12 * LABELS] ^= 1; // 4 is 0 0 1, 12 becomes 1 1 1: two labels differ
        labels[12 * LABELS + 1] ^= 1;
        copy(images, 17, 9);
        copy(images, 17, 25);
        labels[9 * LABELS + 2] ^= 1; // 1 0 1 against twice 1 0 0
      }
      writer.add(split + "_images", NpzWriter.npy("|u1", List.of(SAMPLES, 28, 28), images));
      writer.add(split + "_labels", NpzWriter.npy("|u1", List.of(SAMPLES, LABELS), labels));
    }
    Path file = folder.resolve("labels.npz");
    writer.write(file);
    return file;
  }

  private static void copy(byte[] images, int from, int to) {
    System.arraycopy(images, from * TestData.IMAGE, images, to * TestData.IMAGE, TestData.IMAGE);
  }

  /** Two classes of 8x8x8 images: a bright slab across one axis or another, in noise. */
  private Path solid() {
    NpzWriter writer = new NpzWriter(false);
    for (String split : List.of("train", "val", "test")) {
      int count = 24;
      byte[] images = new byte[count * 512];
      int[] labels = new int[count];
      Arrays.setAll(labels, n -> n % 2);
      for (int i = 0; i < images.length; i++) {
        int n = i / 512;
        int along = n % 2 == 0 ? i / 64 % 8 : i % 8;
        int noise = Philox.bits(4, 1_400, split.length(), i) >>> 25;
        images[i] = (byte) (noise + (along / 2 == n / 2 % 4 ? 100 : 0));
      }
      writer.addSplit(split, List.of(8, 8, 8), images, labels);
    }
    Path file = folder.resolve("solid.npz");
    writer.write(file);
    return file;
  }
}
