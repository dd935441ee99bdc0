// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.certify.ClosedWorldValidator;
import dev.unerring.correct.Focus;
import dev.unerring.data.Dataset;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One round of focus of two sweeps over 500 images with 8 planted contradictions, after five
 * epochs; and one recount of the demo set (2,700 images) from its files. The round is compared with
 * the definition on a set of 24 images, all trained values bit for bit; the recount compares a
 * share by itself.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class CorrectionBenchmark {
  private static final int BATCH = 128;
  private static final int EPOCHS = 5;

  /** Contradictions planted in the set. */
  static final int CONFLICTS = 8;

  /** round or recount. */
  @Param("round")
  public String work;

  @Param("2")
  public int threads;

  private CpuBackend backend;
  private Dataset data;
  private Network network;
  private StoredTensors start;
  private Path model;

  /** A benchmark; JMH makes it. */
  public CorrectionBenchmark() {}

  @Setup
  public void setUp() {
    backend = CpuBackend.open("auto", threads);
    if (work.equals("round")) {
      data = Dataset.open(GeneratedSets.tiny());
      requireSameRound();
      data.close();
      data = Dataset.open(GeneratedSets.small());
      network = network(backend);
      new Trainer(plan(), data, goals(), CONFLICTS, Monitor.SILENT).train(network);
      start = StoredTensors.of(network);
    } else {
      data = Dataset.open(GeneratedSets.demo());
      model = Settings.work().resolve("recount-" + threads + ".safetensors");
      ModelFile.write(model, network(backend));
    }
  }

  private void requireSameRound() {
    try (Backend definition = new ReferenceBackend()) {
      Network wanted = network(definition);
      Network found = network(backend);
      correct(wanted);
      correct(found);
      Memory.requireSameBits(wanted.values(), found.values(), "a round of focus");
    }
  }

  private Network network(Backend on) {
    Network made = new Network("small", data.imageShape(), data.classes(), on, BATCH);
    Initializer.initialize(made, 0);
    return made;
  }

  private int correct(Network one) {
    return new Focus(plan(), data.train(), goals(), Monitor.SILENT).correct(one).errorsAfter();
  }

  /** The given labels, contradictions and all, so that some errors are always left. */
  private Labels goals() {
    return Labels.given(data.task(), data.train());
  }

  private TrainingPlan plan() {
    CorrectionPlan standard = CorrectionPlan.standard();
    CorrectionPlan round =
        new CorrectionPlan(
            CorrectionPlan.Method.FOCUS,
            1,
            standard.focusWeight(),
            standard.firstStep(),
            standard.smallestStep(),
            standard.sessions(),
            2,
            standard.learningRate());
    TrainingPlan all = TrainingPlan.standard();
    return all.with(c -> { c.architecture = "small"; c.seed = 0; c.epochs = EPOCHS; c.batchSize = BATCH; c.correction = round; c.patience = 0; });
  }

  @Setup(Level.Invocation)
  public void restore() {
    if (start != null) {
      start.restore(network);
    }
  }

  @Benchmark
  public int run() {
    if (start != null) {
      return correct(network);
    }
    try (Backend fresh = CpuBackend.open("auto", threads)) {
      return ClosedWorldValidator.recheck(model, data.file(), fresh).train().errors().count();
    }
  }

  @TearDown
  public void tearDown() {
    data.close();
    backend.close();
  }
}
