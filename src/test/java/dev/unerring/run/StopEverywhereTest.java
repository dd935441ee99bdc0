// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.backend.Backend;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.suite.TestSeed;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run that is stopped, or whose thread is interrupted, at any of its questions: either nothing is
 * written, or a run folder that is whole and says what was not counted.
 */
class StopEverywhereTest {
  private static final int AT_RANDOM = 4;
  private static final Device ONE_THREAD = new Device(TestBackends.device().name(), "auto", 1);

  @TempDir private Path folder;
  private Path data;

  @BeforeEach
  void write() {
    data = TestData.writeContrary(folder.resolve("set.npz"), 24, 2);
  }

  /** Stops, or interrupts the thread, at one question; counts them, and where works begin. */
  private static final class Stopper implements Monitor {
    private final int at;
    private final boolean interrupt;
    private final Set<Integer> begins = new LinkedHashSet<>();
    private String work = "";
    private int asked;
    private int step; // the question after the first step of training

    Stopper(int at, boolean interrupt) {
      this.at = at;
      this.interrupt = interrupt;
    }

    @Override
    public Optional<EndedBy> stop() {
      asked++;
      if (interrupt && asked == at) {
        Thread.currentThread().interrupt();
      }
      return !interrupt && asked >= at ? Optional.of(EndedBy.STOP) : Optional.empty();
    }

    @Override
    public void progress(String now, long done, long total) {
      if (!now.equals(work)) {
        work = now;
        begins.add(asked);
      }
    }

    @Override
    public void progress(Progress progress) {
      step = step == 0 ? asked + 1 : step;
      progress(progress.stage(), 0, 0);
    }
  }

  @Test
  void aTrainingStoppedAnywhereIsWholeOrNotThere() throws IOException {
    everywhere(false);
  }

  @Test
  void aTrainingInterruptedAnywhereIsWholeOrNotThere() throws IOException {
    everywhere(true);
  }

  private void everywhere(boolean interrupt) throws IOException {
    Path whole = folder.resolve("whole");
    Stopper all = new Stopper(Integer.MAX_VALUE, interrupt);
    train(whole, all);
    assertTrue(TrainedRun.open(whole).report().logitsSha256().isPresent());
    int nothing = 0;
    int unchecked = 0;
    int uncounted = 0;
    for (int at : places(all)) {
      Path out = folder.resolve("runs/" + at);
      String what = "question " + at + " of " + all.asked + "; " + TestSeed.replay();
      try {
        RunResult result = train(out, new Stopper(at, interrupt));
        assertEquals(interrupt, Thread.interrupted(), what);
        unchecked += result.report().rechecked() ? 0 : 1;
        uncounted += result.report().train().errors().isEmpty() ? 1 : 0;
        requireWhole(out, result, what);
      } catch (StoppedException e) {
        assertEquals(interrupt, Thread.interrupted(), what);
        nothing++;
        assertTrue(e.getMessage().startsWith("interrupted while "), e.getMessage());
        assertTrue(e.getMessage().endsWith("; nothing is written"), e.getMessage());
        assertEquals(130, e.exitCode());
        assertFalse(Files.exists(folder.resolve("runs")), what);
      }
      remove(folder.resolve("runs"));
    }
    assertTrue(nothing > 0, "no stop before training");
    assertTrue(unchecked > 0, "no stop in training or later");
    assertTrue(uncounted > 0 && uncounted < unchecked, uncounted + " of " + unchecked);
  }

  private void requireWhole(Path out, RunResult result, String what) throws IOException {
    TrainedRun run = TrainedRun.open(out);
    run.folder().requireSealed();
    Map<?, ?> json = run.report().toJson();
    Map<?, ?> recheck = (Map<?, ?>) json.get("recheck");
    assertEquals(result.report().rechecked(), recheck.get("complete"), what);
    try (Backend backend = ONE_THREAD.open()) {
      assertNotNull(run.network(backend, 1), what); // the weights are those of the result
    }
    if (result.report().rechecked()) {
      assertEquals(recheck.get("of"), recheck.get("images"), what);
      assertNotNull(json.get("logitsSha256"), what);
    } else {
      assertFalse(result.goalReached(), what);
      assertEquals(EndedBy.STOP, result.report().endedBy(), what);
      assertEquals("interrupt", recheck.get("endedBy"), what);
      assertTrue((Long) recheck.get("images") <= (Long) recheck.get("of"), what);
      for (String figure : List.of("logitsSha256", "val", "test", "trainErrorsBeforePatch")) {
        assertTrue(json.containsKey(figure), what + figure);
        assertNull(json.get(figure), what + figure);
      }
    }
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(
          List.of(),
          files.filter(file -> file.getFileName().toString().startsWith(".")).toList(),
          what);
    }
  }

  @Test
  void whatWasNotCountedCanBeCorrectedAsAnyOther() {
    Stopper all = new Stopper(Integer.MAX_VALUE, false);
    Path whole = folder.resolve("whole");
    train(whole, all);
    Path out = folder.resolve("stopped");
    RunResult stopped = train(out, new Stopper(all.step, false));
    assertTrue(stopped.report().train().errors().isEmpty());
    CorrectionRequest request =
        new CorrectionRequest(TrainedRun.open(out), null, folder.resolve("next"), ONE_THREAD);
    RunResult next = Pipeline.correct(request, Monitor.SILENT, () -> 0).orElseThrow();
    assertEquals(0, next.report().train().errors().orElseThrow());
    assertTrue(next.report().rechecked());
  }

  @Test
  void aLaterCorrectionStoppedAnywhereIsWholeOrNotThere() throws IOException {
    Path first = folder.resolve("first");
    RunRequest start = new RunRequest(data, first, plan(1), ONE_THREAD);
    Pipeline.train(start, new Stopper(120, false), () -> 0);
    Stopper all = new Stopper(Integer.MAX_VALUE, false);
    correct(first, folder.resolve("whole"), all);
    assertTrue(Files.exists(folder.resolve("whole/result.json")));
    List<Integer> places = places(all);
    int nothing = 0;
    for (int at : places) {
      Path out = folder.resolve("runs/" + at);
      boolean interrupt = at % 2 == 0;
      String what = "question " + at + " of " + all.asked + "; " + TestSeed.replay();
      boolean reached = false;
      try {
        RunResult result = correct(first, out, new Stopper(at, interrupt));
        reached = result.goalReached();
        if (!reached) {
          assertEquals(EndedBy.STOP, result.report().endedBy(), what);
        }
      } catch (StoppedException e) {
        assertTrue(
            e.getMessage().endsWith("; nothing is written and first is as it was"), e.getMessage());
      }
      assertEquals(interrupt, Thread.interrupted(), what);
      assertEquals(reached, Files.exists(out), what);
      nothing += reached ? 0 : 1;
      if (reached) {
        try (Stream<Path> files = Files.list(out.getParent())) {
          assertEquals(List.of(out), files.toList(), what);
        }
      } else {
        assertFalse(Files.exists(out.getParent()), what);
      }
      remove(folder.resolve("runs"));
    }
    assertTrue(nothing > places.size() / 2);
  }

  /** The beginnings of all works, the first and last questions, and some at random. */
  private static List<Integer> places(Stopper all) {
    Random random = new Random(TestSeed.VALUE);
    Set<Integer> places = new LinkedHashSet<>(List.of(1, 2, all.asked - 1, all.asked));
    places.addAll(all.begins);
    List<Integer> begins = new ArrayList<>(all.begins);
    begins.forEach(begin -> places.add(Math.min(begin + 1, all.asked)));
    for (int i = 0; i < AT_RANDOM; i++) {
      places.add(1 + random.nextInt(all.asked));
    }
    return List.copyOf(places);
  }

  private static TrainingPlan plan(int epochs) {
    TrainingPlan p = TrainingPlan.standard();
    CorrectionPlan brief = new CorrectionPlan(Method.AUTO, 1, 8, 0.5, 0.4, 1, 2, 1e-4);
    return p.with(c -> {
      c.architecture = "small";
      c.seed = 0;
      c.epochs = epochs;
      c.batchSize = 24;
      c.weightDecay = 0;
      c.batchNormMomentum = 0.1;
      c.primeTo = 0;
      c.stopAtFloor = true;
      c.correction = brief;
      c.patience = 0;
    });
  }

  private RunResult train(Path out, Monitor monitor) {
    RunRequest request = new RunRequest(data, out, plan(2), ONE_THREAD);
    return Pipeline.train(request, monitor, () -> 0);
  }

  private static RunResult correct(Path run, Path out, Monitor monitor) {
    CorrectionRequest request = new CorrectionRequest(TrainedRun.open(run), null, out, ONE_THREAD);
    return Pipeline.correct(request, monitor, () -> 0).orElseThrow();
  }

  private static void remove(Path path) throws IOException {
    if (Files.exists(path)) {
      try (Stream<Path> all = Files.walk(path)) {
        for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
