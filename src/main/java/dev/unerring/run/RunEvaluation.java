// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.Costs;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.network.Network;
import dev.unerring.report.CostFigures.SplitCost;
import java.util.Optional;
import java.util.stream.IntStream;

/** Judges samples with the model of a run, read back from its file. */
public final class RunEvaluation {
  private final TrainedRun run;
  private final Dataset data;
  private final Network network;
  private final WorkMonitor monitor;

  /**
   * Reads the model and checks that it takes such data.
   *
   * @param backend the caller closes it
   * @throws DataException where the model is damaged or the data do not fit it
   */
  public RunEvaluation(TrainedRun run, Dataset data, Backend backend, WorkMonitor monitor) {
    this.run = run;
    this.data = data;
    this.network = run.network(backend, Memory.EVALUATION_BATCH);
    this.monitor = monitor;
    boolean fits =
        network.image().equals(data.imageShape())
            && network.classes() == data.classes()
            && run.task() == data.task();
    if (!fits) {
      throw new DataException(
          data.file()
              + " has "
              + data.classes()
              + " classes ("
              + data.task().manifestName()
              + ") and images "
              + ImageInput.text(data.imageShape())
              + ", the model of "
              + run.name()
              + " is for "
              + network.classes()
              + " ("
              + run.task().manifestName()
              + ") and "
              + ImageInput.text(network.image())
              + "; name data of the same kind");
    }
  }

  /**
   * Judges one split.
   *
   * @throws DataException where the model gives a logit that is no finite number
   * @throws dev.unerring.StoppedException when the monitor stops
   */
  public LabelledLogits outcome(Split split) {
    int classes = network.classes();
    int[] all = IntStream.range(0, split.size()).toArray();
    float[] logits = Evaluator.logits(network, split, all, monitor, "evaluating " + split.name());
    return new LabelledLogits(run.task(), classes, logits, Evaluator.labels(split))
        .requireFinite(run.model() + " (" + split.name() + ")");
  }

  /** What the errors cost by the run's plan; empty where the plan has no costs. */
  public Optional<SplitCost> cost(LabelledLogits outcome, Split split) {
    Costs costs = run.plan().costs();
    boolean fitted = run.isOf(data) && split == data.train();
    return costs.none()
        ? Optional.empty()
        : Optional.of(
            SplitCost.of(costs, ErrorList.of(outcome.given(), outcome.logits()), !fitted));
  }

  /**
   * The model of a run with its calibration: the stored one, else one made on the run's own data
   * and kept; without one, and that is said, where neither can be had.
   */
  public static TrainedModel trained(TrainedRun run, Device device, WorkMonitor monitor) {
    Optional<Calibration> stored = run.storedCalibration();
    if (stored.isPresent()) {
      return run.trained(stored);
    }
    try (Dataset data = Dataset.open(run.recordedData(), monitor);
        Backend backend = device.open()) {
      Optional<Calibration> made = new RunEvaluation(run, data, backend, monitor).calibration();
      if (made.isEmpty()) {
        monitor.note("no scores: " + data.file() + " is not the data of this run any more");
      }
      made.ifPresent(each -> keep(run, each, monitor));
      return run.trained(made);
    } catch (DataException e) {
      monitor.note("no scores, since there is no calibration: " + e.getMessage());
      return run.trained(Optional.empty());
    }
  }

  private static void keep(TrainedRun run, Calibration calibration, WorkMonitor monitor) {
    try {
      run.store(calibration);
    } catch (DataException e) {
      monitor.note("the calibration is not kept: " + e.getMessage());
    }
  }

  /**
   * The calibration on the validation samples of the run: the stored one, or where the data are the
   * run's a new one; empty where neither can be had.
   */
  public Optional<Calibration> calibration() {
    Optional<Calibration> stored = run.storedCalibration();
    return stored.isPresent() || !run.isOf(data)
        ? stored
        : Optional.of(Calibration.fit(outcome(data.val())));
  }
}
