// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.backend.Backend;
import dev.unerring.base.Philox;
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
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training ends for the stated reason at the stated step, never writes a value that is not finite
 * into the network, and keeps the earliest epoch with the best validation AUC.
 */
class TrainerTest {
  private static final int SAMPLES = 20;
  private static final int BATCH = 8;
  private static final int STEPS = 3; // batches of 8, 8 and 4

  @TempDir private Path folder;
  private Backend backend;
  private Dataset data;
  private Network network;

  @BeforeEach
  void open() {
    backend = TestBackends.open();
    // Two validation images only, so that the AUC is 0, 1/2 or 1 and epochs tie.
    Path file =
        TestData.write(
            folder.resolve("set.npz"),
            TestData.generated(SAMPLES, 2, 0).copyImage(2, 7),
            TestData.generated(2, 2, 1),
            TestData.generated(2, 2, 2));
    data = Dataset.open(file);
    network = new Network("small", data.imageShape(), 2, backend, BATCH);
    Initializer.initialize(network, 0);
  }

  @AfterEach
  void close() {
    data.close();
    backend.close();
  }

  @Test
  void aStopAtAStepEndsExactlyThere() {
    for (int wanted : new int[] {1, 2, 3, 5}) {
      Initializer.initialize(network, 0);
      TrainingResult result = train(plan(4), 0, stopAfter(wanted));
      assertEquals(wanted, result.steps());
      assertEquals(EndedBy.OTHER, result.endedBy());
      assertTrue(result.last().isEmpty(), "no count is of these weights");
      // An epoch whose last step is the one that stops is not counted any more.
      assertEquals((wanted - 1) / STEPS, result.rows().size());
    }
  }

  @Test
  void aNetworkForSmallerBatchesIsRefusedWithBothSizes() {
    Network small = new Network("small", data.imageShape(), 2, backend, BATCH - 1);
    Labels goals = Labels.given(data.task(), data.train());
    Trainer trainer = new Trainer(plan(1), data, goals, 0, Monitor.SILENT);
    String message =
        assertThrows(IllegalArgumentException.class, () -> trainer.train(small)).getMessage();
    assertTrue(message.contains("of 8 samples do not fit a network made for 7"), message);
  }

  @Test
  void aStoppedRunIsThePrefixOfALongerOne() {
    train(plan(4), 0, stopAfter(STEPS));
    String stopped = hash();
    Initializer.initialize(network, 0);
    train(plan(1), 0, Monitor.SILENT);
    assertEquals(hash(), stopped);
  }

  @Test
  void theFirstStopEverLeavesNoCount() {
    TrainingResult result = train(plan(4), 0, stopAfter(1));
    assertTrue(result.last().isEmpty());
    assertEquals(0, result.bestEpoch());
    assertNull(result.best());
  }

  @Test
  void theBudgetOfEpochsEndsIt() {
    TrainingResult result = train(plan(2), 0, Monitor.SILENT);
    assertEquals(EndedBy.EPOCHS, result.endedBy());
    assertEquals(2, result.rows().size());
    assertEquals(2 * STEPS, result.steps());
    ErrorList last = result.last().orElseThrow();
    assertTrue(last.count() > 0);
    ErrorList again =
        ErrorList.of(
            Labels.given(data.task(), data.train()), Evaluator.logits(network, data.train()));
    assertEquals(again.sampleIndexes(), last.sampleIndexes(), "need not be counted again");
    for (int n = 0; n < last.count(); n++) {
      assertArrayEquals(again.errors().get(n).logits(), last.errors().get(n).logits());
    }
  }

  @Test
  void theFloorEndsIt() {
    TrainingResult result = train(plan(60), 1, Monitor.SILENT);
    assertEquals(EndedBy.FLOOR, result.endedBy());
    assertEquals(
        1,
        result.last().orElseThrow().count(),
        "samples 2 and 7 are identical with labels 0 and 1");
    assertTrue(result.rows().size() < 60);
    result
        .rows()
        .subList(0, result.rows().size() - 1)
        .forEach(row -> assertTrue(row.trainErrors() > 1));
  }

  @Test
  void theShareOfErrorsToPrimeToEndsIt() {
    TrainingPlan p = plan(60);
    TrainingPlan primed =
        p.with(c -> {
          c.architecture = "small";
          c.seed = 0;
          c.epochs = 60;
          c.batchSize = BATCH;
          c.weightDecay = 0;
          c.batchNormMomentum = 0.1;
          c.primeTo = 0.6;
          c.stopAtFloor = true;
          c.patience = 0;
        });
    TrainingResult result = train(primed, 0, Monitor.SILENT);
    assertEquals(EndedBy.PRIME, result.endedBy());
    int left = result.last().orElseThrow().count();
    assertTrue(left <= 12 && left > 0);
  }

  @Test
  void epochsWithoutFewerErrorsEndItWhereACorrectorFollows() {
    CorrectionPlan correction = CorrectionPlan.standard();
    TrainingResult result = train(patient(3, correction), 0, Monitor.SILENT);
    assertEquals(EndedBy.PLATEAU, result.endedBy(), "the floor is 1");
    int[] errors = result.rows().stream().mapToInt(EpochRow::trainErrors).toArray();
    int withoutGain = 0;
    int fewest = Integer.MAX_VALUE;
    for (int epoch = 0; epoch < errors.length; epoch++) {
      assertTrue(withoutGain < 3, "ended too late");
      withoutGain = errors[epoch] < fewest ? 0 : withoutGain + 1;
      fewest = Math.min(errors[epoch], fewest);
    }
    assertEquals(3, withoutGain);
    assertTrue(errors.length < 40);
    for (TrainingPlan endless :
        List.of(patient(0, correction), patient(3, correction.with(CorrectionPlan.Method.NONE)))) {
      Initializer.initialize(network, 0);
      assertEquals(EndedBy.EPOCHS, train(endless, 0, Monitor.SILENT).endedBy());
    }
  }

  private static TrainingPlan patient(int patience, CorrectionPlan correction) {
    LearningRate rate = plan(40).learningRate();
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = "small";
          c.epochs = 40;
          c.batchSize = BATCH;
          c.learningRate = rate;
          c.patience = patience;
          c.correction = correction;
        });
  }

  @Test
  void theBestEpochIsTheEarliestOfTheBest() {
    TrainingResult result = train(plan(8), 0, Monitor.SILENT);
    double best = result.rows().stream().mapToDouble(EpochRow::valAuc).max().orElseThrow();
    int[] epochs =
        result.rows().stream().filter(r -> r.valAuc() == best).mapToInt(EpochRow::epoch).toArray();
    assertTrue(epochs.length > 1, "no tie among " + result.rows());
    assertEquals(epochs[0], result.bestEpoch());
    Initializer.initialize(network, 0);
    train(plan(epochs[0]), 0, Monitor.SILENT);
    assertEquals(hash(), result.best().weightsSha256());
  }

  @Test
  void valuesThatAreNotFiniteNeverReachTheWeights() {
    Parameter last =
        network.parameters().stream()
            .filter(p -> p.spec().name().equals("22.weight"))
            .findFirst()
            .orElseThrow();
    float[] huge = new float[last.spec().size()];
    Arrays.fill(huge, Float.MAX_VALUE);
    backend.upload(MemorySegment.ofArray(huge), last.value());
    String before = hash();
    String failure = nonFinite();
    assertEquals(before, hash());
    int[] order = SampleOrder.of(0, Philox.SAMPLE_ORDER, 1, SAMPLES);
    String samples = Arrays.toString(Arrays.copyOf(order, BATCH));
    assertTrue(failure.startsWith("epoch 1, step 1: the loss"), failure);
    assertTrue(failure.contains("samples " + samples), failure);
  }

  /** Trains until the first step, which must not be taken; the note that says why. */
  private String nonFinite() {
    List<String> notes = new ArrayList<>();
    Monitor listener =
        new Monitor() {
          @Override
          public void note(String text) {
            notes.add(text);
          }
        };
    TrainingResult result = train(plan(1), 0, listener);
    assertEquals(EndedBy.NON_FINITE, result.endedBy());
    assertEquals(0, result.steps());
    assertEquals(1, notes.size(), notes.toString());
    return notes.getFirst();
  }

  @Test
  void aGradientThatIsNotFiniteIsNamed() {
    // Activations of 3e38 that a tiny weight brings back, so that only the gradient overflows.
    backend.fill(parameter("18.bias").value(), 3e38f);
    backend.fill(parameter("20.weight").value(), 2e-38f);
    float[] alternating = new float[128 * 2];
    for (int i = 0; i < alternating.length; i++) {
      alternating[i] = i % 2 == 0 ? 1000 : -1000;
    }
    backend.upload(MemorySegment.ofArray(alternating), parameter("22.weight").value());
    String before = hash();
    String message = nonFinite();
    assertEquals(before, hash());
    assertTrue(message.matches("epoch 1, step 1: the loss is [0-9.E]+ and .*"), message);
    assertTrue(message.contains("the gradient of 20.weight is not finite"), message);
  }

  @Test
  void trainingChangesWeightsAndRunningStatisticsButNotTheInputScaling() {
    StoredTensors before = StoredTensors.of(network);
    train(plan(1), 0, Monitor.SILENT);
    StoredTensors after = StoredTensors.of(network);
    for (int t = 0; t < before.specs().size(); t++) {
      String name = before.specs().get(t).name();
      if (name.startsWith("input.")) {
        assertArrayEquals(before.values().get(t), after.values().get(t), name);
      } else {
        assertNotEquals(
            Arrays.toString(before.values().get(t)), Arrays.toString(after.values().get(t)), name);
      }
    }
  }

  private Parameter parameter(String name) {
    return network.parameters().stream()
        .filter(parameter -> parameter.spec().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String hash() {
    return StoredTensors.of(network).weightsSha256();
  }

  private static TrainingPlan plan(int epochs) {
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = "small";
          c.epochs = epochs;
          c.batchSize = BATCH;
          c.learningRate = LearningRate.constant(1e-3);
          c.patience = 0;
        });
  }

  private TrainingResult train(TrainingPlan plan, int floor, Monitor monitor) {
    Labels goals = Labels.given(data.task(), data.train());
    return new Trainer(plan, data, goals, floor, monitor).train(network);
  }

  private static Monitor stopAfter(int steps) {
    return new Monitor() {
      private int taken;

      @Override
      public void progress(Progress progress) {
        taken++;
      }

      @Override
      public Optional<EndedBy> stop() {
        return taken >= steps ? Optional.of(EndedBy.OTHER) : Optional.empty();
      }
    };
  }
}
