// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.backend.Backend;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Network;
import dev.unerring.network.Patches;
import dev.unerring.network.StoredTensors;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Focus drives consistent errors to zero; whatever the goals, it ends within its bounds, says why,
 * keeps the best weights of any moment and takes back the rest. The correctors of a plan follow one
 * another only while something is wrong.
 */
class FocusTest {
  private static final int SAMPLES = 40;
  private static final int CLASSES = 2;

  @TempDir private Path folder;
  private Backend backend;
  private Dataset data;
  private Network network;
  private int[] goals;

  @BeforeEach
  void prime() {
    backend = TestBackends.open();
    TestData train = TestData.generated(SAMPLES, CLASSES, 0).copyImage(10, 11);
    train.labels()[11] = 0; // as that of 10
    TestData other = TestData.generated(4, CLASSES, 1);
    data = Dataset.open(TestData.write(folder.resolve("set.npz"), train, other, other));
    goals = Evaluator.labels(data.train());
    network = new Network("small", data.imageShape(), CLASSES, backend, 16);
    Initializer.initialize(network, 0);
    new Trainer(plan(focus(1, 1, 1e-3)), data, Labels.single(goals), 0, Monitor.SILENT)
        .train(network);
    assertEquals(0, errors(), "before the goals are changed");
    goals[20] = 1; // against what their pictures show, but not contradictory
    goals[23] = 0;
  }

  @AfterEach
  void close() {
    data.close();
    backend.close();
  }

  @Test
  void consistentErrorsGoToZeroWithBatchNormFrozen() {
    int[] before = goals.clone();
    StoredTensors start = StoredTensors.of(network);
    CorrectionResult result = correct(focus(10, 30, 1e-3), Monitor.SILENT);
    assertEquals(EndedBy.FLOOR, result.endedBy());
    assertEquals(2, result.errorsBefore());
    assertEquals(0, result.errorsAfter());
    assertEquals(0, errors());
    assertArrayEquals(before, goals);
    assertTrue(result.rounds().getLast().accepted());
    StoredTensors end = StoredTensors.of(network);
    for (int t = 0; t < start.specs().size(); t++) {
      if (!start.specs().get(t).role().trained()) {
        assertArrayEquals(start.values().get(t), end.values().get(t));
      }
    }
    CorrectionResult again = correct(focus(10, 30, 1e-3), Monitor.SILENT);
    assertEquals(EndedBy.FLOOR, again.endedBy());
    assertEquals(List.of(), again.rounds(), "nothing wrong is nothing to do");
  }

  @Test
  void contradictoryGoalsEndAtThePlateauOrWithTheRounds() {
    goals[11] = 1; // 10 is the same image
    int wrong = errors();
    CorrectionResult plateau = correct(focus(50, 3, 1e-3), Monitor.SILENT);
    assertEquals(EndedBy.PLATEAU, plateau.endedBy());
    assertTrue(plateau.plateau().contains(10) || plateau.plateau().contains(11));
    assertTrue(plateau.errorsAfter() >= 1 && plateau.errorsAfter() <= wrong);
    assertEquals(plateau.errorsAfter(), errors());
    bounded(plateau, 50, 3);
    CorrectionResult rounds = correct(focus(2, 1, 1e-3), Monitor.SILENT);
    assertEquals(EndedBy.ROUNDS, rounds.endedBy());
    bounded(rounds, 2, 1);
  }

  @Test
  void aRoundThatOverflowsIsTakenBack() {
    int wrong = errors();
    CorrectionResult result = correct(focus(4, 3, 10), Monitor.SILENT);
    assertTrue(errors() <= wrong);
    assertEquals(result.errorsAfter(), errors());
    bounded(result, 4, 3);
  }

  @Test
  void aSampleThatWasWrongOnceKeepsItsWeight() {
    Set<Integer> listed = new TreeSet<>(wrong());
    List<Long> expected = new ArrayList<>();
    List<Long> taken = new ArrayList<>();
    boolean[] corrected = {false};
    Monitor watch =
        new Monitor() {
          private long before;

          @Override
          public void progress(Progress progress) {
            if (progress.step() == progress.steps()) { // of a sweep
              expected.add(SAMPLES + 3L * listed.size());
              taken.add(progress.samples() - before);
              before = progress.samples();
              List<Integer> wrong = wrong();
              corrected[0] |= !wrong.isEmpty() && !wrong.containsAll(listed);
              listed.addAll(wrong);
            }
          }
        };
    CorrectionResult result = correct(focus(10, 30, 1e-3), watch);
    assertEquals(EndedBy.FLOOR, result.endedBy());
    assertEquals(expected, taken);
    assertTrue(corrected[0], "a listed sample was right while others were not");
  }

  @Test
  void aStopAtAStepEndsExactlyThere() {
    int wrong = errors();
    int[] steps = {0};
    Monitor stopper =
        new Monitor() {
          @Override
          public void progress(Progress progress) {
            steps[0]++;
          }

          @Override
          public Optional<EndedBy> stop() {
            return steps[0] >= 2 ? Optional.of(EndedBy.TIME) : Optional.empty();
          }
        };
    CorrectionResult result = correct(focus(10, 30, 1e-4), stopper);
    assertEquals(EndedBy.TIME, result.endedBy());
    assertEquals(2, result.steps());
    assertTrue(errors() <= wrong);
  }

  @Test
  void theCorrectorsFollowOneAnotherWhileSomethingIsWrong() {
    CorrectionPlan poor = new CorrectionPlan(Method.AUTO, 1, 1, 1, 0.9, 1, 1, 1e-9);
    List<CorrectionResult> all = correctors(poor);
    assertEquals(List.of("focus", "tunneling", "patch"), names(all));
    assertEquals(2, all.get(1).errorsAfter());
    assertEquals(0, all.get(2).errorsAfter());
    assertEquals(2, network.patches().size());
    assertEquals(0, errors());
    network.patch(Patches.NONE);
    List<CorrectionResult> first =
        correctors(new CorrectionPlan(Method.AUTO, 10, 4, 0.5, 0.1, 1, 30, 1e-3));
    assertEquals(List.of("focus"), names(first));
    assertTrue(network.patches().isEmpty());
    goals[20] = 0;
    assertEquals(List.of("patch"), names(correctors(poor.with(Method.PATCH))));
    assertEquals(List.of(), correctors(poor.with(Method.NONE)));
  }

  private List<CorrectionResult> correctors(CorrectionPlan correction) {
    return Correctors.correct(
        plan(correction), data.train(), Labels.single(goals), Monitor.SILENT, network);
  }

  private static List<String> names(List<CorrectionResult> results) {
    List<String> names = new ArrayList<>();
    results.forEach(result -> names.add(result.corrector()));
    return names;
  }

  private void bounded(CorrectionResult result, int rounds, int sweeps) {
    assertTrue(!result.rounds().isEmpty() && result.rounds().size() <= rounds);
    long most = (long) sweeps * Math.ceilDiv(4 * SAMPLES, 16);
    long steps = 0;
    for (CorrectionRound round : result.rounds()) {
      assertTrue(round.sweeps() <= sweeps && round.steps() <= most, round.toString());
      steps += round.steps();
    }
    assertEquals(steps, result.steps());
  }

  private CorrectionResult correct(CorrectionPlan correction, Monitor monitor) {
    return new Focus(plan(correction), data.train(), Labels.single(goals), monitor)
        .correct(network);
  }

  private int errors() {
    return wrong().size();
  }

  private List<Integer> wrong() {
    float[] logits = Evaluator.logits(network, data.train());
    return ErrorList.of(Labels.single(goals), logits).sampleIndexes();
  }

  private static CorrectionPlan focus(int rounds, int sweeps, double learningRate) {
    return new CorrectionPlan(Method.FOCUS, rounds, 4, 1, 0.5, 1, sweeps, learningRate);
  }

  private static TrainingPlan plan(CorrectionPlan correction) {
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = "small";
          c.epochs = 60;
          c.batchSize = 16;
          c.learningRate = LearningRate.constant(1e-3);
          c.batchNormMomentum = 0.3;
          c.correction = correction;
          c.patience = 0;
        });
  }
}
