package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.DataException;
import dev.unerring.base.Sha256;
import dev.unerring.base.UsageException;
import dev.unerring.base.VerificationException;
import dev.unerring.dataset.Admission;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.NpzWriter;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A finished run is corrected on its training samples and new ones: a new folder, complete or not
 * there, with the floor of all samples reached, the same bits for any number of threads, and the
 * history of what was ever wrong. The old folder is never touched.
 */
class LaterCorrectionTest {
  private static final int OLD = 40;

  @TempDir private static Path shared;
  private static Path data;
  private static Path first;

  @TempDir private Path folder;
  private Path out;
  private Path add;
  private Method method;
  private boolean skip;
  private String software = "test";
  private CorrectionPlan budgets;
  private Device device = TestBackends.device();
  private final List<String> notes = new ArrayList<>();
  private Monitor monitor =
      new Monitor() {
        @Override
        public void note(String text) {
          notes.add(text);
        }
      };

  @BeforeAll
  static void train() {
    data = TestData.write(shared.resolve("set.npz"), OLD, 2);
    first = shared.resolve("first");
    train(data, first, TrainingPlan.standard());
  }

  @BeforeEach
  void prepare() throws IOException {
    out = folder.resolve("second");
    add = added("new", TestData.generated(10, 2, 7).contrary(2));
  }

  private static void train(Path data, Path out, TrainingPlan plan) {
    RunRequest request = new RunRequest(data, out, plan, TestBackends.device(), "test");
    new Pipeline(request, Monitor.SILENT, () -> 0).run();
  }

  /** New samples as a file with images and labels. */
  private Path added(String name, TestData samples) {
    Path file = folder.resolve(name + ".npz");
    byte[] labels = new byte[samples.labels().length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) samples.labels()[i];
    }
    NpzWriter npz = new NpzWriter(false);
    npz.add("images", NpzWriter.npy("|u1", List.of(labels.length, 28, 28), samples.images()));
    npz.add("labels", NpzWriter.npy("|u1", List.of(labels.length), labels));
    npz.write(file);
    return file;
  }

  private Optional<RunResult> correct(Path run) {
    TrainedRun trained = TrainedRun.open(run);
    CorrectionRequest request =
        new CorrectionRequest(
            trained, trained.recordedData(), add, skip, out, budgets, method, device, software);
    return new LaterCorrection(request, monitor, () -> 0).run();
  }

  private static Map<String, String> hashes(Path run) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.toList()) {
        hashes.put(file.getFileName().toString(), Sha256.hexOfFile(file));
      }
    }
    return hashes;
  }

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
    Map<String, Object> json = result.json();
    assertEquals(2L, json.get("version"));
    assertEquals(50L, json.get("trainSamples"));
    assertEquals(0L, json.get("trainErrors"));
    Map<?, ?> parent = (Map<?, ?>) json.get("parent");
    TrainedRun old = TrainedRun.open(first);
    assertEquals(before.get("result.json"), parent.get("resultSha256"));
    assertEquals(old.facts().get("weightsSha256"), parent.get("weightsSha256"));
    TrainedRun fresh = TrainedRun.open(out);
    assertEquals(out.resolve("set.npz"), fresh.recordedData());
    List<?> versions = fresh.versions();
    assertEquals(2, versions.size());
    assertEquals(10L, ((Map<?, ?>) versions.get(1)).get("joined"));
    assertTrue(
        ((Map<?, ?>) versions.get(0)).get("val") instanceof Map<?, ?> val
            && val.get("auc") != null);
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
    List<Map<String, Object>> lines = TrainedRun.open(out).regression().lines();
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
        ((Map<?, ?>) TrainedRun.open(out).versions().getLast()).get("trainErrorsBefore"),
        (long) lines.size());
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
    method = Method.PATCH;
    RunResult second = correct(first).orElseThrow();
    assertEquals(true, second.json().get("containsTrainingImages"));
    Path patched = out;
    out = folder.resolve("third");
    add = added("more", TestData.generated(10, 2, 8).contrary(2));
    RunResult third = correct(patched).orElseThrow();
    assertEquals(0L, third.json().get("trainErrors"));
    assertEquals(60L, third.json().get("trainSamples"));
    Map<String, Object> event = TrainedRun.open(patched).regression().lines().getFirst();
    assertTrue(event.toString().contains("corrector=patch"), event.toString());
  }

  @Test
  void aVersionWithoutNewErrorsTakesTheSamplesAndKeepsTheWeights() {
    add = added("easy", TestData.generated(6, 2, 0));
    assertTrue(correct(first).isEmpty(), "images of the set itself");
    assertTrue(notes.getLast().contains("are in the closed world of first already"));
    assertFalse(Files.exists(out));
    add = added("right", TestData.generated(4, 2, 11));
    RunResult result = correct(first).orElseThrow();
    assertEquals(
        TrainedRun.open(first).facts().get("weightsSha256"), result.json().get("weightsSha256"));
    assertEquals(44L, result.json().get("trainSamples"));
  }

  @Test
  void contradictionsAreNamedAndNotLearned() throws IOException {
    TestData samples = TestData.generated(4, 2, 7);
    System.arraycopy(
        TestData.generated(1, 2, 0).images(), 0, samples.images(), TestData.IMAGE, TestData.IMAGE);
    add = added("bad", samples); // new[1] has label 1, train[0] has 0
    DataException refusal = assertThrows(DataException.class, () -> correct(first));
    assertTrue(
        refusal.getMessage().contains("new[1] (label 1) is identical to train[0] (label 0)"),
        refusal.getMessage());
    assertTrue(refusal.getMessage().contains(add.toString()), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(data.toString()), refusal.getMessage());
    requireNothing();
    skip = true;
    RunResult result = correct(first).orElseThrow();
    assertEquals(43L, result.json().get("trainSamples"));
    assertEquals(0, result.floor());
    assertTrue(notes.stream().anyMatch(note -> note.startsWith("left out: ")), notes.toString());
    assertTrue(Files.readString(out.resolve("added.csv")).contains("1,contradicts,,train[0],1,"));
  }

  @Test
  void whatCannotBeCorrectedIsRefusedAndNothingIsWritten() throws IOException {
    add = null;
    requireRefusal(UsageException.class, "is at its floor: there is nothing to correct");
    add = added("new", TestData.generated(10, 2, 7));
    method = Method.NONE;
    requireRefusal(UsageException.class, "--corrector none corrects nothing");
    method = null;
    software = "0.0.9";
    requireRefusal(DataException.class, "was made by unerring test, this is 0.0.9");
    software = "test";
    add = added("three", TestData.generated(9, 3, 7));
    requireRefusal(DataException.class, "the label of sample 2 is 2");
    add = added("new", TestData.generated(10, 2, 7));
    out = first;
    requireRefusal(UsageException.class, "is not empty");
    assertThrows(UsageException.class, () -> new CorrectionPlan(Method.FOCUS, 0, 4, 1, 1, 1, 1, 1));
  }

  @Test
  void anEarlierOrDamagedRunIsRefused() throws IOException {
    Path copy = copyOfFirst();
    Files.delete(copy.resolve("regression.jsonl"));
    DataException none = assertThrows(DataException.class, () -> correct(copy));
    assertTrue(none.getMessage().contains("made by an earlier version of unerring"));
    Files.writeString(copy.resolve("regression.jsonl"), "{\"sampleIndex\":-1,\"wrong\":[]}\n");
    DataException damaged = assertThrows(DataException.class, () -> correct(copy));
    assertTrue(damaged.getMessage().contains("is not what a run writes"), damaged.getMessage());
    Files.writeString(copy.resolve("regression.jsonl"), "");
    byte[] model = Files.readAllBytes(copy.resolve("model.safetensors"));
    model[model.length - 1] ^= 1;
    Files.write(copy.resolve("model.safetensors"), model);
    assertThrows(VerificationException.class, () -> correct(copy));
    requireNothing();
  }

  @Test
  void aStopLeavesNothingButTheOldRun() throws IOException {
    final Map<String, String> before = hashes(first);
    monitor =
        new Monitor() {
          @Override
          public Optional<String> stop() {
            return Optional.of("time");
          }
        };
    RunResult result = correct(first).orElseThrow();
    assertFalse(result.goalReached());
    assertEquals("time", result.endedBy());
    requireNothing();
    monitor =
        new Monitor() {
          @Override
          public void row(String text) {
            throw new IllegalStateException("the power fails");
          }
        };
    assertThrows(IllegalStateException.class, () -> correct(first));
    requireNothing();
    assertEquals(before, hashes(first));
  }

  /** A run that time ended above its floor is corrected without new samples. */
  @Test
  void anUnfinishedRunIsCorrectedAgain() throws IOException {
    Path contrary = TestData.writeContrary(folder.resolve("contrary.npz"), OLD, 2);
    Path early = folder.resolve("early");
    TrainingPlan s = TrainingPlan.standard();
    Map<String, Object> json = new LinkedHashMap<>(s.toJson());
    json.put("epochs", 1L);
    json.put("correction", s.correction().with(Method.NONE).toJson());
    train(contrary, early, TrainingPlan.fromJson(json, "test"));
    assertFalse(TrainedRun.open(early).isAtFloor());
    add = null;
    RunResult result = correct(early).orElseThrow();
    assertEquals(0L, result.json().get("trainErrors"));
    assertFalse(result.json().containsKey("closedWorldFile"), "its data are those of the run");
    assertEquals("corrected", result.json().get("model"));
    List<Map<String, Object>> lines = TrainedRun.open(out).regression().lines();
    List<?> events = (List<?>) lines.getFirst().get("wrong");
    assertEquals(2, events.size(), "wrong in both versions");
    assertEquals(null, ((Map<?, ?>) events.getFirst()).get("corrected"));
    assertTrue(((Map<?, ?>) events.getLast()).get("corrected") instanceof Map<?, ?>);
  }

  @Test
  void theNextFolderHasTheNextNumber() throws IOException {
    Path runs = folder.resolve("runs");
    Path run = runs.resolve("a-seed0");
    assertEquals(runs.resolve("a-seed0-v2"), RunFolder.nextVersion(run, 1));
    Files.createDirectories(runs.resolve("a-seed0-v2"));
    assertEquals(runs.resolve("a-seed0-v2-2"), RunFolder.nextVersion(run, 1));
    assertEquals(runs.resolve("a-seed0-v3"), RunFolder.nextVersion(runs.resolve("a-seed0-v2"), 2));
  }

  private Path copyOfFirst() throws IOException {
    Path copy = folder.resolve("copy");
    Files.createDirectories(copy);
    for (String name : hashes(first).keySet()) {
      Files.copy(first.resolve(name), copy.resolve(name));
    }
    return copy;
  }

  private <E extends RuntimeException> void requireRefusal(Class<E> type, String reason)
      throws IOException {
    E refusal = assertThrows(type, () -> correct(first));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
    requireNothing();
  }

  /** No new folder, not a hidden one either. */
  private void requireNothing() throws IOException {
    assertTrue(out.equals(first) || !Files.exists(out), "a folder has appeared");
    for (Path where : List.of(folder, shared)) {
      try (Stream<Path> files = Files.list(where)) {
        assertEquals(
            List.of(), files.filter(f -> f.getFileName().toString().contains(".partial")).toList());
      }
    }
  }
}
