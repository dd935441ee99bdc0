// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.VerificationException;
import dev.unerring.backend.Backend;
import dev.unerring.base.Json;
import dev.unerring.certify.ClosedWorldValidator;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.Correctors;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.run.TrainedRun;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every corrector by itself takes breastmnist from an early stop to the floor; only patch puts
 * training images into the model, and then result, model file and verdict say so, counted from the
 * files.
 */
class CorrectorsTest {
  /** Share of the training set that is still wrong when the corrector takes over. */
  private static final double EARLY = 0.1;

  @TempDir private Path folder;
  private final List<String> notes = new ArrayList<>();

  @Test
  void focusAndTunnelingReachTheFloorByThemselves() {
    try (Dataset data = Dataset.open(TestData.real("breastmnist.npz"));
        Backend backend = TestBackends.open()) {
      TrainingPlan plan = plan(Method.AUTO, EARLY).resolved(data.imageShape());
      Network network = new Network("small", data.imageShape(), 2, backend, plan.batchSize());
      Initializer.initialize(network, plan.seed());
      Labels goals = Labels.given(data.task(), data.train());
      new Trainer(plan, data, goals, 0, Monitor.SILENT).train(network);
      StoredTensors early = StoredTensors.of(network);
      for (Method method : List.of(Method.FOCUS, Method.TUNNELING)) {
        early.restore(network);
        List<CorrectionResult> done =
            Correctors.correct(
                plan(method, EARLY).resolved(data.imageShape()),
                data.train(),
                goals,
                Monitor.SILENT,
                network);
        assertEquals(1, done.size());
        CorrectionResult only = done.getFirst();
        assertEquals(method.label(), only.corrector());
        assertTrue(only.errorsBefore() > 5, "not early enough");
        assertEquals(0, only.errorsAfter());
        assertEquals(EndedBy.FLOOR, only.endedBy());
        assertTrue(network.patches().isEmpty());
        float[] logits = Evaluator.logits(network, data.train());
        assertEquals(0, ErrorList.of(goals, logits).count());
      }
    }
  }

  @Test
  void patchEndsAtTheFloorAndSaysWhatItDid() throws IOException {
    Path real = TestData.real("breastmnist.npz");
    RunResult result = run(real, Method.PATCH, 0.2);
    Map<String, Object> json = result.report().toJson();
    long before = (long) json.get("trainErrorsAfterTraining");
    assertTrue(before > 20, "not early enough");
    assertEquals(0L, json.get("trainErrors"));
    assertEquals(before, json.get("trainErrorsBeforePatch"));
    assertEquals(before, json.get("patchedSamples"));
    assertEquals(before, json.get("patches"));
    assertEquals(true, json.get("containsTrainingImages"));
    assertEquals(0L, json.get("correctionSteps"));
    assertEquals(
        List.of("corrector,round,t,dt,sweeps,steps,errors,accepted", "patch,1,1.0,1.0,0,0,0,true"),
        Files.readAllLines(result.folder().resolve("corrections.csv")));
    assertTrue(
        TrainedRun.open(result.folder())
            .report()
            .patchNotice()
            .orElseThrow()
            .contains(before + " training"));

    // Patches of other data are found out by the judge.
    Path other = folder.resolve("other.npz");
    Path model = result.folder().resolve("model.safetensors");
    try (Backend backend = TestBackends.open()) {
      Network network = ModelFile.read(model, backend, 1);
      assertEquals(before, network.patches().size());
      TestData near = oneBrighter(real, result.folder());
      TestData.write(other, near, near, near);
      VerificationException failure =
          assertThrows(
              VerificationException.class,
              () -> ClosedWorldValidator.recheck(model, other, backend));
      assertTrue(failure.getMessage().contains("another image"), failure.getMessage());
    }
  }

  /** The training images with the pixel of one wrong image changed by one. */
  private static TestData oneBrighter(Path real, Path run) throws IOException {
    try (Dataset data = Dataset.open(real)) {
      TestData train = TestData.of(data.train(), data.train().size());
      String line =
          Files.readAllLines(run.resolve("errors.csv")).stream()
              .filter(each -> each.startsWith("after-training,"))
              .findFirst()
              .orElseThrow();
      int at = Integer.parseInt(line.split(",")[1]) * TestData.IMAGE + 400;
      train.images()[at] = (byte) (train.images()[at] ^ 1);
      return train;
    }
  }

  @Test
  void conflictsAndUntrainedNetworksEndAtTheFloorWithPatches() {
    TestData train = TestData.generated(24, 2, 0).contrary(2).copyImage(0, 1);
    TestData other = TestData.generated(4, 2, 1);
    Path file = TestData.write(folder.resolve("set.npz"), train, other, other);
    TrainingPlan plan = plan(Method.PATCH, 0);
    TrainingPlan untrained =
        plan.with(c -> {
          c.architecture = "small";
          c.seed = 0;
          c.epochs = 0;
          c.weightDecay = 0;
          c.batchNormMomentum = 0.1;
          c.primeTo = 0;
          c.stopAtFloor = true;
          c.patience = 0;
        });
    int floor = train.labels()[0] == train.labels()[1] ? 0 : 1;
    RunResult result = run(file, untrained, "untrained");
    assertEquals(floor, result.report().train().floor());
    assertEquals(floor, result.report().train().errors().orElseThrow());
    assertTrue(result.goalReached());
    assertTrue((long) result.report().toJson().get("trainErrorsBeforePatch") > floor);
  }

  @Test
  void aCorrectorWithNothingToDoSaysSo() throws IOException {
    Path file = TestData.write(folder.resolve("easy.npz"), 40, 2);
    RunResult result = run(file, Method.PATCH, 0);
    assertTrue(result.goalReached());
    assertEquals(List.of(), result.report().toJson().get("corrections"));
    assertTrue(
        notes.stream().anyMatch(note -> note.contains("correction (patch): nothing to do")),
        notes.toString());
    String header =
        Files.readString(result.folder().resolve("model.safetensors"), StandardCharsets.ISO_8859_1);
    assertFalse(header.contains("containsTrainingImages"));
    assertEquals(
        false,
        ((Map<?, ?>) Json.parse(Files.readString(result.folder().resolve("result.json"))))
            .get("containsTrainingImages"));
  }

  private RunResult run(Path data, Method method, double primeTo) {
    return run(data, plan(method, primeTo), method.label());
  }

  private RunResult run(Path data, TrainingPlan plan, String name) {
    Monitor recorder =
        new Monitor() {
          @Override
          public void note(String text) {
            notes.add(text);
          }
        };
    RunRequest request = new RunRequest(data, folder.resolve(name), plan, TestBackends.device());
    return Pipeline.train(request, recorder, System::nanoTime);
  }

  private static TrainingPlan plan(Method method, double primeTo) {
    TrainingPlan p = TrainingPlan.standard();
    return p.with(c -> {
      c.primeTo = primeTo;
      c.correction = p.correction().with(method);
      c.patience = 0;
    });
  }
}
