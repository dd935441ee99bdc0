// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import static dev.unerring.train.CorrectionPlan.Method.TUNNELING;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.backend.Backend;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.network.StoredTensors;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The correction drives consistent errors to zero without touching a label; whatever the goals, it
 * ends within its bounds, says why, and never leaves weights that are worse than those it was
 * given.
 */
class TunnelingTest {
  private static final CorrectionPlan STEADY =
      new CorrectionPlan(TUNNELING, 1, 1, 1, 0x1p-10, 60, 20, 1e-3);

  private static final int SAMPLES = 40;
  private static final int CLASSES = 2;
  private static final int WRONG = 3;

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
    new Trainer(plan(CorrectionPlan.standard()), data, Labels.single(goals), 0, Monitor.SILENT)
        .train(network);
    assertEquals(0, errors(goals), "before the goals are changed");
    goals[20] = 1; // against what their pictures show, but not contradictory
    goals[23] = 0;
    goals[26] = 1;
    assertEquals(WRONG, errors(goals));
  }

  @AfterEach
  void close() {
    data.close();
    backend.close();
  }

  @Test
  void consistentErrorsGoToZeroWithTheLabelsUntouched() {
    int[] before = goals.clone();
    String file = data.contentSha256();
    CorrectionResult result = correct(STEADY, goals, Monitor.SILENT);
    assertEquals(WRONG, result.errorsBefore());
    assertEquals(0, result.errorsAfter());
    assertEquals(0, errors(goals));
    assertEquals(EndedBy.FLOOR, result.endedBy());
    assertEquals(List.of(), result.plateau());
    assertTrue(result.rounds().getLast().accepted());
    assertEquals(1.0, result.rounds().getLast().t());
    assertArrayEquals(before, goals);
    try (Dataset again = Dataset.open(data.file())) {
      assertEquals(file, again.contentSha256());
    }
  }

  @Test
  void smallFirstStepsArriveToo() {
    CorrectionPlan walk = new CorrectionPlan(TUNNELING, 1, 1, 0.4, 1e-3, 60, 20, 1e-3);
    CorrectionResult result = correct(walk, goals, Monitor.SILENT);
    assertEquals(EndedBy.FLOOR, result.endedBy());
    assertEquals(0, errors(goals));
    assertTrue(result.rounds().size() >= 3, "at least 0.4, 0.8 and 1: " + result.rounds());
    assertEquals(0.4, result.rounds().getFirst().t());
    bounded(result, walk);
  }

  @Test
  void batchNormsRunningStatisticsStayFrozen() {
    StoredTensors before = StoredTensors.of(network);
    goals = Evaluator.labels(data.train());
    goals[20] = 1 - goals[20]; // one error only, so that it is soon corrected
    assertEquals(EndedBy.FLOOR, correct(STEADY, goals, Monitor.SILENT).endedBy());
    StoredTensors after = StoredTensors.of(network);
    int compared = 0;
    for (int t = 0; t < before.specs().size(); t++) {
      if (!before.specs().get(t).role().trained()) {
        String name = before.specs().get(t).name();
        assertArrayEquals(before.values().get(t), after.values().get(t), name);
        compared++;
      }
    }
    assertEquals(12, compared, "scale, shift, and five running means and variances");
  }

  @Test
  void contradictoryGoalsEndAtThePlateau() {
    goals[11] = 1;
    CorrectionPlan plan = new CorrectionPlan(TUNNELING, 1, 1, 1, 0.3, 50, 3, 1e-3);
    int wrong = errors(goals);
    CorrectionResult result = correct(plan, goals, Monitor.SILENT);
    assertEquals(EndedBy.PLATEAU, result.endedBy());
    assertTrue(
        result.plateau().contains(10) || result.plateau().contains(11),
        "the plateau " + result.plateau() + " names one of the two");
    assertTrue(result.errorsAfter() >= 1 && result.errorsAfter() <= wrong, result.toString());
    assertEquals(result.errorsAfter(), errors(goals));
    bounded(result, plan);
  }

  @Test
  void contradictoryGoalsEndWithTheSessions() {
    goals[11] = 1;
    CorrectionPlan plan = new CorrectionPlan(TUNNELING, 1, 1, 1, 1e-9, 4, 2, 1e-3);
    int wrong = errors(goals);
    CorrectionResult result = correct(plan, goals, Monitor.SILENT);
    assertEquals(EndedBy.SESSIONS, result.endedBy());
    assertEquals(4, result.rounds().size());
    assertTrue(errors(goals) <= wrong);
    bounded(result, plan);
  }

  @Test
  void aSessionThatOverflowsIsTakenBack() {
    CorrectionPlan wild = new CorrectionPlan(TUNNELING, 1, 1, 1, 0.6, 5, 5, 10);
    int wrong = errors(goals);
    CorrectionResult result = correct(wild, goals, Monitor.SILENT);
    assertTrue(errors(goals) <= wrong);
    bounded(result, wild);
  }

  @Test
  void aStopAtAStepEndsExactlyThereAndKeepsTheBestWeights() {
    int wrong = errors(goals);
    int[] steps = {0};
    Monitor stopper =
        new Monitor() {
          @Override
          public void progress(Progress progress) {
            steps[0]++;
          }

          @Override
          public boolean graceOver() {
            return false; // the original images are counted, so that the best is known
          }

          @Override
          public Optional<EndedBy> stop() {
            return steps[0] >= 2 ? Optional.of(EndedBy.TIME) : Optional.empty();
          }
        };
    CorrectionResult result = correct(STEADY, goals, stopper);
    assertEquals(EndedBy.TIME, result.endedBy());
    assertEquals(2, result.steps());
    assertEquals(1, result.rounds().size());
    assertEquals(errors(goals), result.errorsAfter());
    assertTrue(result.errorsAfter() <= wrong);
  }

  @Test
  void whatAFailedSessionGainedOnTheOriginalsIsKept() {
    Initializer.initialize(network, 0); // as before training: about half is wrong
    goals[11] = 1; // contradicts its identical image, so that no session can succeed
    int wrong = errors(goals);
    CorrectionPlan one = new CorrectionPlan(TUNNELING, 1, 1, 1, 0.9, 1, 20, 1e-3);
    CorrectionResult result = correct(one, goals, Monitor.SILENT);
    assertEquals(EndedBy.PLATEAU, result.endedBy());
    assertTrue(result.errorsAfter() < wrong, result.errorsAfter() + " of " + wrong);
    assertEquals(errors(goals), result.errorsAfter());
  }

  @Test
  void aClassWithoutARightSampleIsToldApart() {
    float[] bias = {1e6f, 0};
    backend.upload(MemorySegment.ofArray(bias), parameter("22.bias").value());
    CorrectionPlan slow = new CorrectionPlan(TUNNELING, 1, 1, 0.1, 0.05, 3, 3, 5e-4);
    CorrectionResult result = correct(slow, goals, Monitor.SILENT);
    assertEquals(EndedBy.NO_CORRECT_SAMPLE, result.endedBy());
    assertEquals(0, result.steps());
    assertEquals(result.errorsBefore(), result.errorsAfter());
  }

  @Test
  void nothingWrongIsNothingToDo() {
    goals = Evaluator.labels(data.train());
    String right = StoredTensors.of(network).weightsSha256();
    CorrectionResult again = correct(STEADY, goals, Monitor.SILENT);
    assertEquals(EndedBy.FLOOR, again.endedBy());
    assertTrue(again.rounds().isEmpty());
    assertEquals(right, StoredTensors.of(network).weightsSha256());
  }

  private static void bounded(CorrectionResult result, CorrectionPlan plan) {
    int batches = Math.ceilDiv(SAMPLES, 16);
    long steps = 0;
    assertTrue(result.rounds().size() <= plan.sessions());
    for (CorrectionRound round : result.rounds()) {
      assertTrue(round.sweeps() <= plan.sweeps(), round.toString());
      assertTrue(round.steps() <= (long) round.sweeps() * batches, round.toString());
      assertTrue(round.dt() >= plan.smallestStep(), round.toString());
      assertEquals(round.errors() == 0, round.accepted());
      steps += round.steps();
    }
    assertEquals(steps, result.steps());
    assertFalse(result.rounds().isEmpty());
  }

  private CorrectionResult correct(CorrectionPlan correction, int[] towards, Monitor monitor) {
    return new Tunneling(plan(correction), data.train(), Labels.single(towards), monitor)
        .correct(network);
  }

  private int errors(int[] towards) {
    float[] logits = Evaluator.logits(network, data.train());
    return ErrorList.of(Labels.single(towards), logits).count();
  }

  private Parameter parameter(String name) {
    return network.parameters().stream()
        .filter(parameter -> parameter.spec().name().equals(name))
        .findFirst()
        .orElseThrow();
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
