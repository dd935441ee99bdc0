// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The published rules: loss and step as stated, zero errors on a small set, the same bits on every
 * backend, an end for every bound.
 */
class PublishedTunnelingTest {
  @TempDir private Path folder;

  @Test
  void theGradientIsThatOfTheSquaredErrorOfASoftmaxAtTemperature100() {
    float[] logits = {130, -40, 20, -300, 90, 91};
    int[] labels = {2, 0};
    float[] found = FullBatchDescent.gradient(logits, labels, 3);
    for (int i = 0; i < logits.length; i++) {
      double step = 1e-3;
      double up = loss(logits, labels, i, step);
      double down = loss(logits, labels, i, -step);
      assertEquals((up - down) / (2 * step), found[i], 1e-7, "logit " + i);
    }
  }

  private static double loss(float[] logits, int[] labels, int changed, double by) {
    double loss = 0;
    for (int n = 0; n < labels.length; n++) {
      double[] p = new double[3];
      double sum = 0;
      for (int j = 0; j < 3; j++) {
        p[j] = StrictMath.exp((logits[3 * n + j] + (3 * n + j == changed ? by : 0)) / 100);
        sum += p[j];
      }
      for (int j = 0; j < 3; j++) {
        double distance = p[j] / sum - (j == labels[n] ? 1 : 0);
        loss += distance * distance;
      }
    }
    return loss;
  }

  @Test
  void theStepIsLongWhereTheGradientIsSmall() {
    assertEquals(0.11, FullBatchDescent.length(0), 1e-12);
    assertEquals(0.01 * (20 / (1 + StrictMath.E) + 1), FullBatchDescent.length(1), 1e-8);
    assertEquals(0.01, FullBatchDescent.length(1000), 1e-12);
  }

  private static TrainingPlan plan(int sessions) {
    CorrectionPlan correction =
        new CorrectionPlan(Method.DENG_2023, 1, 1, 0.1, 0x1p-12, sessions, 25, 0.01);
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = "deng-20";
          c.seed = 1;
          c.epochs = 0;
          c.batchSize = 65_536;
          c.learningRate = LearningRate.constant(0.01);
          c.primeTo = 0.3;
          c.correction = correction;
          c.patience = 0;
        });
  }

  private static Network network(Dataset data, Backend backend, int batch) {
    Network network = new Network("deng-20", data.imageShape(), data.classes(), backend, batch);
    Initializer.initialize(network, 1);
    return network;
  }

  private static PublishedTunneling tunneling(Dataset data, int sessions) {
    return new PublishedTunneling(plan(sessions), data.train(), goals(data), Monitor.SILENT);
  }

  private static Labels goals(Dataset data) {
    return Labels.given(data.task(), data.train());
  }

  @Test
  void noErrorIsLeftOnASmallSet() {
    Path file = TestData.writeContrary(folder.resolve("set.npz"), 40, 2);
    try (Dataset data = Dataset.open(file);
        Backend backend = TestBackends.open()) {
      Network network = network(data, backend, 40);
      CorrectionResult result = tunneling(data, 1000).correct(network);
      assertEquals(EndedBy.FLOOR, result.endedBy(), result.toString());
      assertTrue(result.errorsBefore() > 0);
      float[] logits = Evaluator.logits(network, data.train());
      assertEquals(0, ErrorList.of(goals(data), logits).count());
      List<CorrectionRound> rounds = result.rounds();
      assertTrue(rounds.stream().allMatch(round -> round.steps() == 25));
      assertTrue(rounds.stream().anyMatch(round -> round.t() == 0), "it was tunneled");
      assertTrue(rounds.getFirst().errors() > 0);
      assertTrue(rounds.getFirst().accepted(), "what priming ends with is kept");
      for (CorrectionRound round : rounds) {
        assertTrue(round.t() == 1 || round.accepted() == (round.errors() == 0), round.toString());
      }
      assertTrue(rounds.getLast().accepted() && rounds.getLast().t() == 1);
    }
  }

  @Test
  void theSameBitsOnTheDefinition() {
    Path file = TestData.writeContrary(folder.resolve("set.npz"), 12, 2);
    String[] hashes = new String[2];
    try (Dataset data = Dataset.open(file);
        Backend backend = TestBackends.open();
        Backend reference = new ReferenceBackend()) {
      Backend[] both = {backend, reference};
      for (int i = 0; i < 2; i++) {
        Network network = network(data, both[i], 12);
        assertEquals(3, tunneling(data, 3).correct(network).rounds().size());
        hashes[i] = StoredTensors.of(network).weightsSha256();
      }
    }
    assertEquals(hashes[1], hashes[0]);
  }

  @Test
  void everyBoundEndsIt() {
    Path file = TestData.writeContrary(folder.resolve("set.npz"), 40, 2);
    try (Dataset data = Dataset.open(file);
        Backend backend = TestBackends.open()) {
      CorrectionResult few = tunneling(data, 2).correct(network(data, backend, 40));
      assertEquals(EndedBy.SESSIONS, few.endedBy());
      assertEquals(2, few.rounds().size());
      assertTrue(few.errorsAfter() <= few.errorsBefore());
      UsageException refusal =
          assertThrows(
              UsageException.class, () -> tunneling(data, 2).correct(network(data, backend, 39)));
      assertTrue(refusal.getMessage().contains("--batch-size 40"), refusal.getMessage());
    }
  }
}
