// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.backend.Turn;
import dev.unerring.base.Philox;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Metrics;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Ordinary training: Adam on the cross-entropy of softmax (multi-label sets: of sigmoids) towards
 * each sample's goalLabel, one count of all training errors in evaluation mode after every epoch,
 * until they are few enough for the plan or its epochs are through.
 */
public final class Trainer {
  private final TrainingPlan plan;
  private final Dataset data;
  private final Labels goals;
  private final int floor;
  private final Monitor monitor;
  private final Keeper keeper;

  /**
   * Prepares a run that keeps no checkpoints.
   *
   * @param goals labels of the training samples that the loss drives to
   * @param floor least number of training errors that the data allow
   */
  public Trainer(TrainingPlan plan, Dataset data, Labels goals, int floor, Monitor monitor) {
    this(plan, data, goals, floor, monitor, Keeper.NONE);
  }

  /**
   * Prepares a run.
   *
   * @param keeper asked where to go on, and told what is to be kept
   */
  public Trainer(
      TrainingPlan plan, Dataset data, Labels goals, int floor, Monitor monitor, Keeper keeper) {
    this.plan = plan;
    this.data = data;
    this.goals = goals;
    this.floor = floor;
    this.monitor = monitor;
    this.keeper = keeper;
  }

  /**
   * Trains the network from the values it holds, or from a checkpoint that is kept. A stop in the
   * middle of a step leaves the values before it, and a checkpoint.
   *
   * @throws dev.unerring.base.ConcurrentUseException where another thread uses the network or its
   *     backend; during training another one that comes to them gets it
   */
  public TrainingResult train(Network network) {
    try (Turn _ = network.backend().turn().take();
        Network.Watch _ = network.watchedBy(monitor, "training")) {
      return epochs(network);
    }
  }

  private TrainingResult epochs(Network network) {
    Split train = data.train();
    Labels given = Labels.given(data.task(), train);
    int wanted = Math.max(floor, (int) Math.floor(plan.primeTo() * given.values().length));
    Adam adam = new Adam(network);
    SampleWeights weights = SampleWeights.of(plan.costs(), goals);
    TrainingState at =
        keeper
            .kept()
            .filter(TrainingState::in)
            .map(kept -> TrainingState.resume(kept, network, adam, weights))
            .orElseGet(TrainingState::new);
    Batches batches = new Batches(network, train, goals, weights);
    EndedBy endedBy = EndedBy.EPOCHS;
    for (; at.epoch <= plan.epochs(); at.epoch++) {
      Optional<EndedBy> stop = steps(at, network, adam, batches, weights);
      EpochRow row = null;
      if (stop.isEmpty()) {
        try {
          ErrorList found = ErrorList.of(given, Evaluator.logits(network, train, monitor));
          at.last = Optional.of(found);
          row = row(network, at, found);
        } catch (StoppedException e) { // the epoch is trained, but not counted
          stop = Optional.of(e.reason());
        }
      }
      if (stop.isPresent()) {
        if (stop.get() != EndedBy.NON_FINITE) { // which another try would meet again
          keeper.keep(at.keep(network, adam, weights));
        }
        endedBy = stop.get();
        break;
      }
      at.count(row, network);
      weights.after(row.missed());
      keeper.event(event(row), network, Optional.of(adam));
      monitor.epoch(row);
      monitor.row(describe(row));
      if (at.errors <= wanted && plan.stopAtFloor()) {
        endedBy = at.errors <= floor ? EndedBy.FLOOR : EndedBy.PRIME;
        break;
      }
      if (plan.handsOver(at.epoch - at.gained)) {
        endedBy = EndedBy.PLATEAU;
        break;
      }
    }
    return new TrainingResult(at.rows, at.steps, at.last, at.bestEpoch, at.best, endedBy);
  }

  /** The steps of an epoch that are not taken yet; why they ended early. */
  private Optional<EndedBy> steps(
      TrainingState at, Network network, Adam adam, Batches batches, SampleWeights weights) {
    int samples = data.train().size();
    int stepsPerEpoch = Math.ceilDiv(samples, plan.batchSize());
    int[] order = SampleOrder.of(plan.seed(), Philox.SAMPLE_ORDER, at.epoch, samples);
    batches.begin(
        "epoch " + at.epoch, order, Math.min(samples, at.step * plan.batchSize()), at.step);
    double rate = plan.learningRate().at(at.epoch, plan.epochs());
    Monitor.Progress progress = new Monitor.Progress("train", plan.epochs());
    Optional<EndedBy> stop = Optional.empty();
    while (at.step < stepsPerEpoch && stop.isEmpty()) {
      int from = at.step * plan.batchSize();
      int count = Math.min(plan.batchSize(), samples - from);
      float loss;
      try {
        loss = batches.gradients(count, Mode.BATCH_STATISTICS);
      } catch (NonFiniteException e) {
        monitor.note(e.getMessage());
        return Optional.of(EndedBy.NON_FINITE);
      } catch (StoppedException e) {
        return Optional.of(e.reason());
      }
      at.last = Optional.empty();
      adam.step(rate, plan.weightDecay());
      network.commitStatistics((float) plan.batchNormMomentum());
      at.lossSum += loss;
      at.step++;
      at.steps++;
      long taken = (long) (at.epoch - 1) * samples + from + count;
      monitor.progress(progress.moveTo(at.epoch, at.step, stepsPerEpoch, taken, loss, at.errors));
      stop = monitor.stopReason();
      if (stop.isEmpty() && keeper.due()) {
        keeper.keep(at.keep(network, adam, weights));
      }
    }
    return stop;
  }

  private EpochRow row(Network network, TrainingState at, ErrorList found) {
    Split val = data.val();
    Labels labels = Labels.given(data.task(), val);
    float[] logits = Evaluator.logits(network, val, monitor);
    Metrics metrics = Metrics.ofLogits(data.task(), logits, network.classes(), labels.values());
    int valErrors = ErrorList.of(labels, logits).count();
    return new EpochRow(
        at.epoch,
        at.steps,
        at.lossSum / at.step,
        found.count(),
        valErrors,
        metrics.acc(),
        metrics.auc(),
        plan.costs().missed(found));
  }

  private static Map<String, Object> event(EpochRow row) {
    Map<String, Object> event = row.kept();
    event.put("event", "epoch");
    return event;
  }

  private String describe(EpochRow row) {
    return String.format(
        Locale.ROOT,
        "epoch %d: loss %.4f, training errors %d/%d%s, validation errors %d/%d, validation AUC %.3f",
        row.epoch(),
        row.loss(),
        row.trainErrors(),
        goals.values().length,
        row.missed() < 0 ? "" : " (" + row.missed() + " missed of the class never to miss)",
        row.valErrors(),
        data.val().size() * goals.columns(),
        row.valAuc());
  }
}
