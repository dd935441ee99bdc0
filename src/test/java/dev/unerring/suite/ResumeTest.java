// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.EndedBy;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.Correctors;
import dev.unerring.data.Dataset;
import dev.unerring.errors.Labels;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Initializer;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.Adam;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Keeper;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes on from a checkpoint has the bits, the rows and the events of what never ended. */
class ResumeTest {
  private static final int SAMPLES = 40;

  @TempDir private Path folder;
  private Dataset data;
  private Labels goals;
  private Path file;

  /** Keeps checkpoints in a file, and ends the computation after one of them. */
  private final class Ending implements Keeper, Monitor {
    private final int last;
    private final boolean going;
    private final List<String> events = new ArrayList<>();
    private int asked;
    private boolean ended;

    Ending(int last, boolean going) {
      this.last = last;
      this.going = going;
    }

    @Override
    public boolean due() {
      asked++;
      return asked == last;
    }

    @Override
    public void keep(Checkpoint checkpoint) {
      if (!ended) { // a stop keeps one more
        AtomicFile.write(file, checkpoint.content());
        ended = true;
      }
    }

    @Override
    public Optional<Checkpoint> kept() {
      return going ? Optional.of(Checkpoint.read(file)) : Optional.empty();
    }

    @Override
    public void event(Map<String, Object> event, Network network, Optional<Adam> optimiser) {
      String weights = StoredTensors.view(network).weightsSha256();
      events.add(Json.canonical(event) + weights + optimiser.map(Adam::sha256).orElse(""));
    }

    @Override
    public Optional<EndedBy> stop() {
      return ended ? Optional.of(EndedBy.STOP) : Optional.empty();
    }
  }

  @BeforeEach
  void open() {
    data = Dataset.open(TestData.writeContrary(folder.resolve("set.npz"), SAMPLES, 2));
    goals = Labels.given(data.task(), data.train());
    file = folder.resolve("checkpoint");
  }

  @AfterEach
  void close() {
    data.close();
  }

  private static TrainingPlan plan(int epochs) {
    CorrectionPlan focus = new CorrectionPlan(Method.AUTO, 4, 4, 1, 0.5, 1, 3, 1e-3);
    return TrainingPlan.standard()
        .with(c -> {
          c.architecture = "small";
          c.seed = 3;
          c.epochs = epochs;
          c.batchSize = 16;
          c.learningRate = LearningRate.constant(1e-3);
          c.weightDecay = 1e-4;
          c.batchNormMomentum = 0.3;
          c.correction = focus;
        });
  }

  /** The result, with the weights and the moments of the network. */
  private record Outcome(Object result, String weights, List<String> events, int asked) {}

  private Outcome train(Ending ending) {
    try (Backend backend = TestBackends.open()) {
      Network network = new Network("small", data.imageShape(), 2, backend, 16);
      Initializer.initialize(network, 3);
      TrainingResult result = new Trainer(plan(3), data, goals, 0, ending, ending).train(network);
      String best = result.best() == null ? "none" : result.best().weightsSha256();
      return new Outcome(
          List.of(result.rows(), result.steps(), best, result.endedBy()),
          StoredTensors.view(network).weightsSha256(),
          ending.events,
          ending.asked);
    }
  }

  private Outcome correct(Ending ending) {
    try (Backend backend = TestBackends.open()) {
      Network network = new Network("small", data.imageShape(), 2, backend, 16);
      Initializer.initialize(network, 3);
      List<CorrectionResult> result =
          Correctors.correct(plan(1), data.train(), goals, ending, network, ending);
      return new Outcome(
          result, StoredTensors.view(network).weightsSha256(), ending.events, ending.asked);
    }
  }

  private interface Computation {
    Outcome run(Ending ending);
  }

  private void everywhere(Computation computation, int least) {
    Outcome whole = computation.run(new Ending(-1, false));
    assertTrue(whole.asked >= least, whole.asked + " questions");
    Random random = new Random(TestSeed.VALUE);
    for (int i = 0; i < 4; i++) {
      int at = 1 + random.nextInt(whole.asked);
      Outcome first = computation.run(new Ending(at, false));
      Outcome second = computation.run(new Ending(-1, true));
      List<String> events = new ArrayList<>(first.events);
      events.addAll(second.events);
      String where = "ended at question " + at + "; " + TestSeed.replay();
      assertEquals(whole.result, second.result, where);
      assertEquals(whole.weights, second.weights, where);
      assertEquals(whole.events, events, where);
    }
  }

  @Test
  void trainingGoesOnFromAnyStep() {
    everywhere(this::train, 8);
  }

  @Test
  void correctionGoesOnFromAnySweep() {
    everywhere(this::correct, 5);
  }

  @Test
  void anyChangedBitIsFound() throws IOException {
    train(new Ending(2, false));
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(TestSeed.VALUE);
    for (int i = 0; i < 200; i++) {
      byte[] changed = sound.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, changed);
      DataException e = assertThrows(DataException.class, () -> Checkpoint.read(file));
      assertTrue(e.getMessage().contains(file + " is damaged"), e.getMessage());
    }
    for (int length : new int[] {0, 10, 40, sound.length / 2, sound.length - 1}) {
      Files.write(file, Arrays.copyOf(sound, length));
      assertThrows(DataException.class, () -> Checkpoint.read(file), "cut to " + length);
    }
  }
}
