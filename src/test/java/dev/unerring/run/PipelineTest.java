// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.DeviceException;
import dev.unerring.EndedBy;
import dev.unerring.UsageException;
import dev.unerring.VerificationException;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.report.RunReport;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.tensor.Shape;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run writes the promised files with the promised keys, nothing where the input cannot be used,
 * and only what the files themselves bear out.
 */
class PipelineTest {
  private static final TrainingPlan PLAN = TrainingPlan.standard();

  @TempDir private Path folder;
  private Path data;
  private Path out;
  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void write() {
    data = TestData.write(folder.resolve("set.npz"), 40, 2);
    out = folder.resolve("runs/one");
  }

  @Test
  void theFolderHoldsThePromisedFiles() throws IOException {
    run(Monitor.SILENT);
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(
          new TreeSet<>(
              List.of(
                  "audit.json",
                  "best-validation.safetensors",
                  "corrections.csv",
                  "environment.json",
                  "errors.csv",
                  "ledger.jsonl",
                  "metrics.csv",
                  "model.safetensors",
                  "plan.json",
                  "regression.jsonl",
                  "result.json")),
          files
              .map(f -> f.getFileName().toString())
              .collect(Collectors.toCollection(TreeSet::new)));
    }
  }

  private Monitor failingAt(String moment, RuntimeException failure, Error error) {
    return new Monitor() {
      @Override
      public void row(String text) {
        fail(text);
      }

      @Override
      public void note(String text) {
        notes.add(text);
        fail(text);
      }

      private void fail(String text) {
        if (text.startsWith(moment) && failure != null) {
          throw failure;
        }
        if (text.startsWith(moment)) {
          throw error;
        }
      }
    };
  }

  @Test
  void anErrorInTrainingOrAfterItLosesNoWeights() {
    int number = 0;
    for (String moment : List.of("epoch 2: ", "re-check")) {
      for (Throwable thrown :
          List.of(
              new OutOfMemoryError("Java heap space"),
              new DeviceException("no native memory"),
              new IllegalStateException("a fault"))) {
        RuntimeException failure = thrown instanceof RuntimeException e ? e : null;
        Error error = thrown instanceof Error e ? e : null;
        out = folder.resolve("run" + number++);
        Monitor failing = failingAt(moment, failure, error);
        assertSame(thrown, assertThrows(Throwable.class, () -> run(failing)));
        assertTrue(Files.exists(out.resolve("model.safetensors")), moment);
        assertTrue(notes.getLast().endsWith("but not counted"), notes.getLast());
        assertTrue(notes.getLast().startsWith(out.toString()), notes.getLast());
      }
    }
  }

  /**
   * Before training there are no weights to keep; an error that says what is left needs no note.
   */
  @Test
  void nothingIsSavedThatWasNotTrained() {
    OutOfMemoryError early = new OutOfMemoryError("Java heap space");
    assertSame(
        early,
        assertThrows(Throwable.class, () -> run(failingAt("set: 40 training", null, early))));
    assertFalse(Files.exists(out.resolve("model.safetensors")));
    out = folder.resolve("runs/two");
    DataException known = new DataException("a full disk");
    assertSame(
        known, assertThrows(Throwable.class, () -> run(failingAt("epoch 2: ", known, null))));
    assertFalse(Files.exists(out.resolve("model.safetensors")));
  }

  @Test
  void theResultHoldsThePromisedKeysAndIsWhatTheCallReturns() throws IOException {
    RunResult result = run(Monitor.SILENT);
    Map<?, ?> json = (Map<?, ?>) Json.parse(Files.readString(out.resolve("result.json")));
    String keys =
        "data dataMd5 dataSha256 arch parameters seed trainSamples trainErrors floor labelConflicts"
            + " epochs correctionRounds val test bestValidation device arithmetic threads"
            + " weightsSha256 logitsSha256 seconds endedBy";
    for (String key : keys.split(" ")) {
      assertTrue(json.containsKey(key), key);
    }
    for (String split : List.of("val", "test")) {
      assertTrue(
          ((Map<?, ?>) json.get(split)).keySet().containsAll(List.of("errors", "acc", "auc")));
    }
    Map<?, ?> best = (Map<?, ?>) json.get("bestValidation");
    assertTrue(((Map<?, ?>) best.get("test")).keySet().containsAll(List.of("acc", "auc")));
    assertTrue((Long) best.get("epoch") >= 1);
    List<String> seconds = List.of("total", "audit", "train", "correct", "recheck");
    assertEquals(seconds, List.copyOf(((Map<?, ?>) json.get("seconds")).keySet()));
    assertEquals(Json.pretty(json), Json.pretty(RunReport.fromJson(json, "result.json").toJson()));
    json.keySet().removeAll(List.of("files", "sealSha256"));
    assertEquals(Json.pretty(json), Json.pretty(result.report().toJson()));
    assertEquals(Sha256.hexOfFile(data), json.get("dataSha256"));
    assertEquals(0L, json.get("trainErrors"));
    assertEquals("floor", json.get("endedBy"));
    assertEquals(40L, json.get("trainSamples"));
  }

  @Test
  void thePlanIsWrittenOutCanonically() throws IOException {
    run(Monitor.SILENT);
    String text = Files.readString(out.resolve("plan.json"));
    TrainingPlan resolved = PLAN.resolved(Shape.image2d(28, 28, 1));
    assertEquals(Json.canonical(resolved.toJson()) + "\n", text);
    assertEquals(resolved, TrainingPlan.fromJson(Json.parse(text), "plan.json"));
  }

  @Test
  void metricsHaveARowAnEpochAndTheLastIsAtTheFloor() throws IOException {
    RunResult result = run(Monitor.SILENT);
    List<String> lines = Files.readAllLines(out.resolve("metrics.csv"));
    assertEquals("epoch,steps,loss,trainErrors,valErrors,valAcc,valAuc", lines.getFirst());
    assertEquals(lines.size() - 1L, result.report().toJson().get("epochs"));
    String[] last = lines.getLast().split(",");
    assertEquals(result.report().toJson().get("epochs").toString(), last[0]);
    assertEquals(result.report().toJson().get("trainErrorsAfterTraining").toString(), last[3]);
  }

  @Test
  void theClockChangesRecordsOnly() {
    RunResult first = run(Monitor.SILENT);
    out = folder.resolve("runs/two");
    AtomicLong hours = new AtomicLong();
    RunResult second =
        Pipeline.train(request(), Monitor.SILENT, () -> hours.addAndGet(3_600_000_000_000L));
    assertEquals(
        first.report().toJson().get("weightsSha256"),
        second.report().toJson().get("weightsSha256"));
    assertNotEquals(
        first.report().toJson().get("seconds"), second.report().toJson().get("seconds"));
    double hoursInAll = (double) ((Map<?, ?>) second.report().toJson().get("seconds")).get("total");
    assertTrue(hoursInAll >= 14400, "the stages, and when a checkpoint is due: " + hoursInAll);
  }

  @Test
  void aStopAfterTheFirstStepStillSavesAndCountsWhereThereIsTime() {
    TestData.writeContrary(data, 40, 2);
    RunResult result =
        run(
            new Monitor() {
              private boolean begun;

              @Override
              public void progress(Progress progress) {
                begun = true;
              }

              @Override
              public Optional<EndedBy> stop() {
                return begun ? Optional.of(EndedBy.TIME) : Optional.empty();
              }

              @Override
              public boolean graceOver() {
                return false;
              }
            });
    assertEquals(EndedBy.TIME, result.report().endedBy());
    assertTrue(result.report().rechecked());
    assertTrue(result.report().train().errors().orElseThrow() > 0);
    assertFalse(result.goalReached());
    assertEquals(1L, result.report().toJson().get("trainSteps"));
    assertEquals(0L, result.report().toJson().get("correctionRounds"));
    assertNull(result.report().toJson().get("bestValidation"));
    assertTrue(Files.isRegularFile(out.resolve("model.safetensors")));
    assertFalse(Files.exists(out.resolve("best-validation.safetensors")));
  }

  @Test
  void theModelOfABaseLineIsTheBestValidationEpoch() throws IOException {
    TrainingPlan m = TrainingPlan.medmnist();
    TrainingPlan plan =
        m.with(c -> {
          c.architecture = "small";
          c.seed = 0;
          c.epochs = 4;
          c.batchSize = 16;
          c.weightDecay = 0;
          c.batchNormMomentum = 0.1;
          c.primeTo = 0;
          c.patience = 0;
        });
    RunRequest request = new RunRequest(data, out, plan, TestBackends.device());
    RunResult result = Pipeline.train(request, Monitor.SILENT, () -> 0);
    assertTrue(result.goalReached(), "the base line is complete");
    assertEquals(4L, result.report().toJson().get("epochs"), "whatever the errors");
    assertEquals("best validation epoch", result.report().toJson().get("model"));
    TrainedModel best = TrainedModel.open(out.resolve("best-validation.safetensors"));
    TrainedModel model = TrainedModel.open(out.resolve("model.safetensors"));
    assertEquals(best.weightsSha256(), model.weightsSha256());
    assertEquals(best.description(), model.description());
    assertTrue(best.calibration().isEmpty() && model.calibration().isPresent());
    assertEquals(
        ((Map<?, ?>) ((Map<?, ?>) result.report().toJson().get("bestValidation")).get("test"))
            .get("acc"),
        ((Map<?, ?>) result.report().toJson().get("test")).get("acc"));
  }

  @Test
  void whatTheAuditWarnsOfIsSaid() {
    TestData three = TestData.generated(42, 3, 0);
    TestData lacking = TestData.generated(8, 2, 1);
    data = TestData.write(folder.resolve("lacking.npz"), three, lacking, three);
    run(recorder());
    assertTrue(
        notes.stream().anyMatch(note -> note.startsWith("val: there is no sample of class 2")),
        notes.toString());
  }

  @Test
  void aClassThatCannotBeLearnedIsRefusedBeforeAnythingIsWritten() {
    TestData two = TestData.generated(40, 2, 0);
    TestData three = TestData.generated(6, 3, 1);
    data = TestData.write(folder.resolve("lacking.npz"), two, three, three);
    DataException refusal = assertThrows(DataException.class, () -> run(Monitor.SILENT));
    assertTrue(refusal.getMessage().contains("no sample of class 2"), refusal.getMessage());
    assertFalse(Files.exists(out));
  }

  @Test
  void aDataFileThatChangesDuringTheRunIsFoundOut() {
    Monitor meddler =
        new Monitor() {
          @Override
          public void row(String text) {
            data = TestData.write(data, 44, 2);
          }
        };
    VerificationException failure = assertThrows(VerificationException.class, () -> run(meddler));
    assertTrue(failure.getMessage().contains("changed during the run"), failure.getMessage());
    assertFalse(Files.exists(out.resolve("result.json")), "no result is claimed");
  }

  @Test
  void nothingIsWrittenForBadInput() throws IOException {
    Files.write(data, new byte[] {1, 2, 3});
    assertThrows(DataException.class, () -> run(Monitor.SILENT));
    assertFalse(Files.exists(out.getParent()));
  }

  @Test
  void aFolderThatHoldsSomethingIsRefusedAndLeftAlone() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("thesis.txt"), "mine");
    UsageException refusal = assertThrows(UsageException.class, () -> run(Monitor.SILENT));
    assertTrue(refusal.getMessage().contains(out + " is not empty"), refusal.getMessage());
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(List.of(out.resolve("thesis.txt")), files.toList());
    }
  }

  @Test
  void anEmptyFolderIsTaken() throws IOException {
    Files.createDirectories(out);
    assertTrue(run(Monitor.SILENT).goalReached());
  }

  private Monitor recorder() {
    return new Monitor() {
      @Override
      public void note(String text) {
        notes.add(text);
      }
    };
  }

  private RunRequest request() {
    return new RunRequest(data, out, PLAN, TestBackends.device());
  }

  private RunResult run(Monitor monitor) {
    return Pipeline.train(request(), monitor, System::nanoTime);
  }
}
