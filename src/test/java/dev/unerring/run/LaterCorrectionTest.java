// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.audit.Admission;
import dev.unerring.data.Dataset;
import dev.unerring.report.VersionFigures;
import dev.unerring.report.WrongSample;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A finished run is corrected on its training samples and new ones: a new folder, complete or not
 * there, with the floor of all samples reached, the same bits for any number of threads, and the
 * history of what was ever wrong. The old folder is never touched.
 */
class LaterCorrectionTest extends LaterCorrectionCase {
  @Test
  void theNewFolderHoldsAllOfTheUnionAndTheOldOneIsLeftAlone() throws IOException {
    final Map<String, String> before = hashes(first);
    RunResult result = correct(first).orElseThrow();
    assertEquals(before, hashes(first));
    assertTrue(result.goalReached());
    assertEquals(out, result.folder());
    assertEquals(
        List.of(
            "added.csv",
            "audit.json",
            "corrections.csv",
            "environment.json",
            "errors.csv",
            "metrics.csv",
            "model.safetensors",
            "plan.json",
            "regression.jsonl",
            "result.json",
            "set.npz"),
        List.copyOf(hashes(out).keySet()));
    Map<String, Object> json = result.report().toJson();
    assertEquals(2L, json.get("version"));
    assertEquals(50L, json.get("trainSamples"));
    assertEquals(0L, json.get("trainErrors"));
    Map<?, ?> parent = (Map<?, ?>) json.get("parent");
    TrainedRun old = TrainedRun.open(first);
    assertEquals(before.get("result.json"), parent.get("resultSha256"));
    assertEquals(old.facts().get("weightsSha256"), parent.get("weightsSha256"));
    TrainedRun fresh = TrainedRun.open(out);
    assertEquals(out.resolve("set.npz"), fresh.recordedData());
    List<VersionFigures> versions = fresh.report().line().versions();
    assertEquals(2, versions.size());
    assertEquals(10, versions.get(1).joined());
    assertTrue(versions.get(0).val().orElseThrow().accuracy().auc().isPresent());
    try (Dataset union = Dataset.open(fresh.recordedData());
        Dataset alone = Dataset.open(data)) {
      assertTrue(fresh.isOf(union));
      long bytes = (long) OLD * TestData.IMAGE;
      assertEquals(-1, union.train().images().asSlice(0, bytes).mismatch(alone.train().images()));
    }
  }

  @Test
  void theHistoryNamesWhatWasWrongAndWhatMadeItRight() {
    correct(first).orElseThrow();
    List<Map<String, Object>> lines =
        TrainedRun.open(out).history().samples().stream().map(WrongSample::toJson).toList();
    assertFalse(lines.isEmpty());
    try (Dataset union = Dataset.open(out.resolve("set.npz"))) {
      for (Map<String, Object> line : lines) {
        int index = Math.toIntExact((Long) line.get("sampleIndex"));
        assertEquals(Admission.imageSha256(union.train(), index), line.get("imageSha256"));
        assertEquals((long) union.train().label(index), line.get("givenLabel"));
        assertEquals(index < OLD ? 1L : 2L, line.get("since"));
        assertEquals(false, line.get("unavoidable"));
        Map<?, ?> event = (Map<?, ?>) ((List<?>) line.get("wrong")).getLast();
        assertEquals(2L, event.get("version"));
        assertNotEquals(line.get("givenLabel"), event.get("predictedLabel"));
        Map<?, ?> by = (Map<?, ?>) event.get("corrected");
        assertEquals("focus", by.get("corrector"));
        assertTrue((Long) by.get("round") >= 1);
      }
    }
    assertEquals(
        lines.size(), TrainedRun.open(out).report().line().own().errorsBefore().orElseThrow());
  }

  @Test
  void theSameBitsForAnyThreadsAndFolders() throws IOException {
    correct(first).orElseThrow();
    final Map<String, String> two = hashes(out);
    out = folder.resolve("elsewhere");
    device = new Device(device.name(), "auto", 1);
    correct(first).orElseThrow();
    Map<String, String> one = hashes(out);
    two.keySet().removeAll(List.of("result.json", "environment.json"));
    one.keySet().removeAll(List.of("result.json", "environment.json"));
    assertEquals(two, one);
    assertTrue(two.containsKey("model.safetensors") && two.containsKey("regression.jsonl"));
  }

  @Test
  void patchEndsAtTheFloorAndItsPatchesAreMadeAnewForTheNextVersion() {
    correction = CorrectionPlan.standard().with(Method.PATCH);
    RunResult second = correct(first).orElseThrow();
    assertEquals(true, second.report().toJson().get("containsTrainingImages"));
    Path patched = out;
    out = folder.resolve("third");
    add = added("more", TestData.generated(10, 2, 8).contrary(2));
    RunResult third = correct(patched).orElseThrow();
    assertEquals(0L, third.report().toJson().get("trainErrors"));
    assertEquals(60L, third.report().toJson().get("trainSamples"));
    assertTrue(
        notes.stream()
            .anyMatch(note ->
                note.endsWith(
                    " patches of the version before are taken away and made anew where they are needed")),
        notes.toString());
    Map<String, Object> event =
        TrainedRun.open(patched).history().samples().stream()
            .map(WrongSample::toJson)
            .toList()
            .getFirst();
    assertTrue(event.toString().contains("corrector=patch"), event.toString());
  }

  @Test
  void aVersionWithoutNewErrorsTakesTheSamplesAndKeepsTheWeights() {
    add = added("easy", TestData.generated(6, 2, 0));
    assertTrue(correct(first).isEmpty(), "images of the set itself");
    assertTrue(
        notes
            .getLast()
            .endsWith(" 6 are in the closed world already, and right; there is nothing to do"));
    assertFalse(Files.exists(out));
    add = added("right", TestData.generated(4, 2, 11));
    RunResult result = correct(first).orElseThrow();
    assertEquals(
        TrainedRun.open(first).facts().get("weightsSha256"),
        result.report().toJson().get("weightsSha256"));
    assertEquals(44L, result.report().toJson().get("trainSamples"));
  }

  /** A run that time ended above its floor is corrected without new samples. */
  @Test
  void anUnfinishedRunIsCorrectedAgain() throws IOException {
    Path contrary = TestData.writeContrary(folder.resolve("contrary.npz"), OLD, 2);
    Path early = folder.resolve("early");
    CorrectionPlan none = CorrectionPlan.standard().with(Method.NONE);
    TrainingPlan plan =
        TrainingPlan.standard()
            .with(c -> {
              c.epochs = 1;
              c.correction = none;
            });
    train(contrary, early, plan);
    assertTrue((Long) TrainedRun.open(early).report().toJson().get("trainErrors") > 0);
    add = null;
    RunResult result = correct(early).orElseThrow();
    assertEquals(0L, result.report().toJson().get("trainErrors"));
    assertFalse(
        result.report().toJson().containsKey("closedWorldFile"), "its data are those of the run");
    assertEquals("corrected", result.report().toJson().get("model"));
    List<Map<String, Object>> lines =
        TrainedRun.open(out).history().samples().stream().map(WrongSample::toJson).toList();
    List<?> events = (List<?>) lines.getFirst().get("wrong");
    assertEquals(2, events.size(), "wrong in both versions");
    assertEquals(null, ((Map<?, ?>) events.getFirst()).get("corrected"));
    assertTrue(((Map<?, ?>) events.getLast()).get("corrected") instanceof Map<?, ?>);
  }

  /** Of two labels that are equally frequent on one image, the one that is answered stays right. */
  @Test
  void aTieKeepsItsAnswer() throws IOException {
    TestData torn = TestData.generated(OLD, 2, 0);
    for (int n = 0; n < 8; n += 2) {
      torn.copyImage(n + 1, n); // labels 0 and 1, looks like 1
    }
    TestData few = TestData.generated(10, 2, 1);
    Path set = TestData.write(folder.resolve("torn.npz"), torn, few, few);
    Map<String, Object> json = new LinkedHashMap<>(TrainingPlan.standard().toJson());
    json.put("batchSize", 8L);
    json.put("batchNormMomentum", 1.0);
    Path run = folder.resolve("run");
    train(set, run, TrainingPlan.fromJson(json, "test"));
    List<Integer> even = List.of(0, 2, 4, 6);
    assertEquals(even, wrongAtEnd(run), "the floor by the looks, not by the goal 0");
    byte[] image = Arrays.copyOf(torn.images(), TestData.IMAGE);
    add = added("answered", new TestData(image, new int[] {1}));
    assertTrue(correct(run).isEmpty(), "what is answered is right");
    add = added("other", new TestData(image, new int[] {0}));
    assertThrows(DataException.class, () -> correct(run), "the other label contradicts");
    add = added("new", TestData.generated(10, 2, 7).contrary(2));
    RunResult result = correct(run).orElseThrow();
    assertTrue((Long) result.report().toJson().get("correctionRounds") > 0);
    assertEquals(even, wrongAtEnd(out), "no other sample became wrong");
    for (Map<String, Object> line :
        TrainedRun.open(out).history().samples().stream().map(WrongSample::toJson).toList()) {
      boolean tied = even.contains(Math.toIntExact((Long) line.get("sampleIndex")));
      assertEquals(tied, line.get("unavoidable"), line.toString());
    }
  }

  private static List<Integer> wrongAtEnd(Path run) throws IOException {
    return Files.readAllLines(run.resolve("errors.csv")).stream()
        .filter(line -> line.startsWith("final,"))
        .map(line -> Integer.valueOf(line.split(",")[1]))
        .toList();
  }

  @Test
  void theNextFolderHasTheNextNumber() throws IOException {
    Path runs = folder.resolve("runs");
    Path run = runs.resolve("a-seed0");
    assertEquals(runs.resolve("a-seed0-v2"), NewRunFolder.nextVersion(run, 1));
    Files.createDirectories(runs.resolve("a-seed0-v2"));
    assertEquals(runs.resolve("a-seed0-v2-2"), NewRunFolder.nextVersion(run, 1));
    assertEquals(
        runs.resolve("a-seed0-v3"), NewRunFolder.nextVersion(runs.resolve("a-seed0-v2"), 2));
  }
}
