// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.EndedBy;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.base.Sha256;
import dev.unerring.correct.Correctors;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.LearningRate;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The networks that the correctors of {@link CorrectionStudy} start from, trained once a set and
 * seed: stopped at the first look with at most 5 %, with at most 1 % errors (looks come about
 * twenty-five times an epoch, at the first 2,000 samples), and one with a single error: the last
 * point with an error, by bisection, on the straight line from the second network to one that focus
 * or plain training has brought to the floor. A network without any error is replaced by such a
 * point too.
 */
final class StudyStarts {
  /** Names of the starts. */
  static final List<String> LEVELS = List.of("5%", "1%", "one");

  private static final double[] SHARES = {0.05, 0.01};
  private static final int HALVINGS = 12;
  private static final int LOOKS = 25;
  private static final int LOOKED_AT = 2000;

  private final StudySet set;
  private final Dataset data;
  private final Labels goals;
  private final Backend backend;
  private final Path folder;

  StudyStarts(StudySet set, Dataset data, Labels goals, Backend backend, Path folder) {
    this.set = set;
    this.data = data;
    this.goals = goals;
    this.backend = backend;
    this.folder = folder;
  }

  /** The plan of plain training for this set, stopped at a share of errors. */
  static TrainingPlan plan(StudySet set, Dataset data, long seed, int epochs, double primeTo) {
    TrainingPlan standard = TrainingPlan.standard();
    return standard
        .with(c -> {
          c.seed = seed;
          c.epochs = epochs;
          c.batchSize = 0;
          c.learningRate = LearningRate.constant(standard.learningRate().first());
          c.weightDecay = 0;
          c.primeTo = primeTo;
          c.stopAtFloor = true;
          c.correction = set.correction();
          c.patience = 0;
        })
        .resolved(data.imageShape());
  }

  /**
   * What training and the correctors do now, in 16 digits: the weights that focus and tunneling
   * make of a small set from the same network. Cells with other digits are measured anew.
   */
  static String bits(Path folder, int threads) throws IOException {
    StudySet probe = StudySet.probe(folder);
    StringBuilder weights = new StringBuilder();
    try (Dataset data = Dataset.open(probe.file());
        Backend backend = CpuBackend.open("auto", threads)) {
      Labels goals = Labels.given(data.task(), data.train());
      for (Method method : new Method[] {Method.FOCUS, Method.TUNNELING}) {
        TrainingPlan plan = plan(probe, data, 1, probe.primeEpochs(), 0);
        Network network = new StudyStarts(probe, data, goals, backend, folder).empty();
        Initializer.initialize(network, 1);
        new Trainer(plan, data, goals, 0, Monitor.SILENT).train(network);
        Correctors.correct(corrected(plan, method), data.train(), goals, Monitor.SILENT, network);
        weights.append(StoredTensors.of(network).weightsSha256());
      }
    }
    return Sha256.hex(weights.toString().getBytes(StandardCharsets.US_ASCII)).substring(0, 16);
  }

  /** The plan with this corrector and no training. */
  static TrainingPlan corrected(TrainingPlan plan, Method method) {
    return plan.with(c -> {
      c.primeTo = 0;
      c.stopAtFloor = true;
      c.correction = plan.correction().with(method);
      c.patience = 0;
    });
  }

  private Path file(int seed, String level) {
    return folder.resolve(set.name() + "-" + seed + "-" + level.replace("%", "") + ".safetensors");
  }

  /** The network of a start, trained where it is not there yet. */
  Network network(int seed, String level) throws IOException {
    if (!Files.exists(file(seed, LEVELS.getLast()))) {
      make(seed);
    }
    Network network = empty();
    StoredTensors.of(ModelFile.read(file(seed, level), backend, 1)).restore(network);
    return network;
  }

  private Network empty() {
    String architecture = plan(set, data, 0, 1, 0).architecture();
    return new Network(architecture, data.imageShape(), data.classes(), backend, batch());
  }

  private int batch() {
    return Math.min(plan(set, data, 0, 1, 0).batchSize(), data.train().size());
  }

  private void make(int seed) throws IOException {
    Files.createDirectories(folder);
    TrainingPlan plan = plan(set, data, seed, set.primeEpochs(), 0);
    Network network = empty();
    Initializer.initialize(network, seed);
    for (int i = 0; i < SHARES.length; i++) {
      StoredTensors before = StoredTensors.of(network);
      if (i == 0 || misses(network).count() > SHARES[i] * data.train().size()) {
        train(network, seed + 1000L * i, SHARES[i]);
      }
      stepBack(network, before);
      ModelFile.write(file(seed, LEVELS.get(i)), network);
    }
    StoredTensors from = StoredTensors.of(network);
    if (misses(network).count() > 1) {
      TrainingPlan focus = corrected(plan(set, data, seed, 1, 0), Method.FOCUS);
      Correctors.correct(focus, data.train(), goals, Monitor.SILENT, network);
      if (misses(network).count() > 0) {
        train(network, seed + 2000L, 0);
      }
      stepBack(network, from);
    }
    ModelFile.write(file(seed, LEVELS.getLast()), network);
  }

  private void train(Network network, long seed, double share) {
    TrainingPlan plan = plan(set, data, seed, set.primeEpochs(), share);
    new Trainer(plan, data, goals, 0, share > 0 ? new Look(network, share) : Monitor.SILENT)
        .train(network);
  }

  /** Stops training inside an epoch, as soon as few enough are wrong. */
  private final class Look implements Monitor {
    private final Network network;
    private final double share;
    private final int[] samples;
    private final int every;
    private int steps;

    Look(Network network, double share) {
      this.network = network;
      this.share = share;
      this.samples = IntStream.range(0, Math.min(LOOKED_AT, data.train().size())).toArray();
      this.every = Math.max(1, data.train().size() / batch() / LOOKS);
    }

    @Override
    public Optional<EndedBy> stop() {
      if (++steps % every != 0) {
        return Optional.empty();
      }
      Labels some = goals.rows(samples);
      int wrong = ErrorList.of(some, Evaluator.logits(network, data.train(), samples)).count();
      return wrong <= share * samples.length ? Optional.of(EndedBy.OTHER) : Optional.empty();
    }
  }

  /** Decisions that miss their goal: 0 at the floor. */
  private ErrorList misses(Network network) {
    return ErrorList.of(goals, Evaluator.logits(network, data.train()));
  }

  /** Where nothing is wrong any more: to the last point with an error. */
  private void stepBack(Network network, StoredTensors from) {
    if (misses(network).count() == 0) {
      lastWithError(network, from, StoredTensors.of(network)).restore(network);
    }
  }

  private StoredTensors lastWithError(Network network, StoredTensors from, StoredTensors to) {
    double low = 0.0;
    double high = 1.0;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      between(from, to, middle).restore(network);
      boolean wrong = misses(network).count() > 0;
      low = wrong ? middle : low;
      high = wrong ? high : middle;
    }
    return between(from, to, low);
  }

  private static StoredTensors between(StoredTensors from, StoredTensors to, double share) {
    List<float[]> values = new ArrayList<>();
    for (int t = 0; t < from.values().size(); t++) {
      float[] a = from.values().get(t);
      float[] b = to.values().get(t);
      float[] point = new float[a.length];
      for (int i = 0; i < a.length; i++) {
        point[i] = (float) (a[i] + share * (b[i] - a[i]));
      }
      values.add(point);
    }
    return new StoredTensors(from.specs(), values, from.patches(), from.image(), from.arithmetic());
  }
}
