// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.UnerringException;
import dev.unerring.UsageException;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.suite.TestSeed;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is stopped again and again goes on in its folder, and ends as if never stopped. */
class ResumedRunTest {
  private static final Keeping EVERY_STEP = new Keeping(true, 1);

  @TempDir private Path folder;
  private Path data;

  /** Stops at one question; a clock that goes on by a second with every question. */
  private static final class Stopper implements Monitor {
    private final int at;
    private final List<String> notes = new ArrayList<>();
    private int asked;
    private long now;

    Stopper(int at) {
      this.at = at;
    }

    long nanos() {
      now += 1_000_000_000L;
      return now;
    }

    @Override
    public Optional<EndedBy> stop() {
      asked++;
      return asked >= at ? Optional.of(EndedBy.STOP) : Optional.empty();
    }

    @Override
    public void note(String text) {
      notes.add(text);
    }
  }

  @BeforeEach
  void write() {
    data = TestData.writeContrary(folder.resolve("set.npz"), 40, 2);
  }

  private static TrainingPlan plan(int epochs) {
    CorrectionPlan auto = new CorrectionPlan(Method.AUTO, 4, 4, 1, 0.5, 1, 4, 1e-3);
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = "small";
          c.epochs = epochs;
          c.batchSize = 16;
          c.correction = auto;
        });
  }

  private RunResult run(String out, int epochs, int threads, Stopper stopper) {
    Device device = new Device(TestBackends.device().name(), "auto", threads);
    RunRequest request = new RunRequest(data, folder.resolve(out), plan(epochs), device);
    return Pipeline.train(request.with(EVERY_STEP), stopper, stopper::nanos);
  }

  private String text(String run, String file) throws IOException {
    return Files.readString(folder.resolve(run).resolve(file));
  }

  @Test
  void stoppedAtRandomAgainAndAgain() throws IOException {
    Stopper never = new Stopper(Integer.MAX_VALUE);
    RunResult whole = run("whole", 3, 2, never);
    assertFalse(whole.report().work().corrections().isEmpty(), "correction is part of it");
    Random random = new Random(TestSeed.VALUE);
    for (int i = 0; i < 3; i++) {
      String out = "again" + i;
      RunResult result = null;
      int stops = 0;
      while (result == null || result.report().endedBy() == EndedBy.STOP) {
        int at = stops < 6 ? 1 + random.nextInt(never.asked) : Integer.MAX_VALUE;
        try {
          result = run(out, 3, 1 + random.nextInt(2), new Stopper(at));
        } catch (StoppedException e) {
          result = null;
        }
        stops++;
      }
      String what = out + ", " + stops + " runs; " + TestSeed.replay();
      assertEquals(whole.report().weightsSha256(), result.report().weightsSha256(), what);
      assertEquals(whole.report().logitsSha256(), result.report().logitsSha256(), what);
      assertEquals(whole.report().work(), result.report().work(), what);
      for (String file :
          List.of("ledger.jsonl", "metrics.csv", "corrections.csv", "errors.csv", "plan.json")) {
        assertEquals(text("whole", file), text(out, file), file + " of " + what);
      }
      assertFalse(Files.exists(folder.resolve(out).resolve("checkpoint")), what);
      TrainedRun.open(folder.resolve(out)).folder().requireSealed();
    }
  }

  @Test
  void aFinishedRunSaysSo() throws IOException {
    run("whole", 2, 1, new Stopper(Integer.MAX_VALUE));
    String before = text("whole", "result.json");
    Stopper again = new Stopper(Integer.MAX_VALUE);
    run("whole", 2, 1, again);
    assertTrue(again.notes.getLast().contains("holds a finished run"), again.notes.toString());
    assertEquals(before, text("whole", "result.json"));
  }

  @Test
  void anotherPlanOrOtherDataAreRefused() throws IOException {
    Stopper all = new Stopper(Integer.MAX_VALUE);
    run("whole", 2, 1, all);
    run("stopped", 2, 1, new Stopper(all.asked * 2 / 3));
    Map<String, String> before = new TreeMap<>();
    for (String file : List.of("plan.json", "checkpoint", "ledger.jsonl")) {
      if (Files.exists(folder.resolve("stopped").resolve(file))) {
        before.put(
            file, Files.readString(folder.resolve("stopped/" + file), StandardCharsets.ISO_8859_1));
      }
    }
    UnerringException plan =
        assertThrows(
            UsageException.class, () -> run("stopped", 3, 1, new Stopper(Integer.MAX_VALUE)));
    assertTrue(plan.getMessage().contains("'epochs' was 2 and is now 3"), plan.getMessage());
    data = TestData.writeContrary(folder.resolve("other.npz"), 44, 2);
    assertThrows(DataException.class, () -> run("stopped", 2, 1, new Stopper(Integer.MAX_VALUE)));
    for (Map.Entry<String, String> each : before.entrySet()) {
      assertEquals(
          each.getValue(),
          Files.readString(folder.resolve("stopped/" + each.getKey()), StandardCharsets.ISO_8859_1),
          each.getKey());
    }
    data = folder.resolve("set.npz");
    RunResult result = run("stopped", 2, 1, new Stopper(Integer.MAX_VALUE));
    assertEquals(text("whole", "ledger.jsonl"), text("stopped", "ledger.jsonl"));
    assertTrue(result.report().rechecked());
  }

  @Test
  void aFolderWithoutARunIsRefused() {
    DataException e =
        assertThrows(
            DataException.class,
            () -> ResumedRun.request(folder, null, TestBackends.device(), EVERY_STEP));
    assertTrue(e.getMessage().contains("is not the folder of a run that was begun"));
  }
}
