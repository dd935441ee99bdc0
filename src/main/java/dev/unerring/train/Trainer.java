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
import dev.unerring.network.StoredTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  /**
   * Prepares a run.
   *
   * @param goals labels of the training samples that the loss drives to
   * @param floor least number of training errors that the data allow
   */
  public Trainer(TrainingPlan plan, Dataset data, Labels goals, int floor, Monitor monitor) {
    this.plan = plan;
    this.data = data;
    this.goals = goals;
    this.floor = floor;
    this.monitor = monitor;
  }

  /**
   * Trains the network from the values it holds. A stop in the middle of a step leaves the values
   * before it.
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
    Batches batches = new Batches(network, train, goals, weights);
    Monitor.Progress progress = new Monitor.Progress("train", plan.epochs());
    List<EpochRow> rows = new ArrayList<>();
    StoredTensors best = null;
    int bestEpoch = 0;
    double bestAuc = Double.NEGATIVE_INFINITY;
    int errors = -1;
    Optional<ErrorList> last = Optional.empty();
    int fewest = Integer.MAX_VALUE;
    int gained = 0;
    long steps = 0;
    EndedBy endedBy = EndedBy.EPOCHS;
    int stepsPerEpoch = Math.ceilDiv(train.size(), plan.batchSize());
    for (int epoch = 1; epoch <= plan.epochs(); epoch++) {
      int[] order = SampleOrder.of(plan.seed(), Philox.SAMPLE_ORDER, epoch, train.size());
      batches.begin("epoch " + epoch, order);
      double rate = plan.learningRate().at(epoch, plan.epochs());
      double lossSum = 0.0;
      Optional<EndedBy> stop = Optional.empty();
      for (int step = 0; step < stepsPerEpoch && stop.isEmpty(); step++) {
        int from = step * plan.batchSize();
        int count = Math.min(plan.batchSize(), order.length - from);
        float loss;
        try {
          loss = batches.gradients(count, Mode.BATCH_STATISTICS);
        } catch (NonFiniteException e) {
          monitor.note(e.getMessage());
          stop = Optional.of(EndedBy.NON_FINITE);
          break;
        } catch (StoppedException e) {
          stop = Optional.of(e.reason());
          break;
        }
        last = Optional.empty();
        adam.step(rate, plan.weightDecay());
        network.commitStatistics((float) plan.batchNormMomentum());
        lossSum += loss;
        steps++;
        long taken = (long) (epoch - 1) * train.size() + from + count;
        monitor.progress(progress.moveTo(epoch, step + 1, stepsPerEpoch, taken, loss, errors));
        stop = monitor.stopReason();
      }
      if (stop.isPresent()) {
        endedBy = stop.get();
        break;
      }
      EpochRow row;
      try {
        ErrorList found = ErrorList.of(given, Evaluator.logits(network, train, monitor));
        last = Optional.of(found);
        row = row(network, epoch, steps, lossSum / stepsPerEpoch, found);
      } catch (StoppedException e) { // the epoch is trained, but not counted
        endedBy = e.reason();
        break;
      }
      errors = row.trainErrors();
      weights.after(row.missed());
      rows.add(row);
      monitor.epoch(row);
      monitor.row(describe(row));
      if (row.valAuc() > bestAuc) {
        bestAuc = row.valAuc();
        bestEpoch = epoch;
        best = StoredTensors.of(network, best);
      }
      if (errors <= wanted && plan.stopAtFloor()) {
        endedBy = errors <= floor ? EndedBy.FLOOR : EndedBy.PRIME;
        break;
      }
      gained = errors < fewest ? epoch : gained;
      fewest = Math.min(errors, fewest);
      if (plan.handsOver(epoch - gained)) {
        endedBy = EndedBy.PLATEAU;
        break;
      }
    }
    return new TrainingResult(rows, steps, last, bestEpoch, best, endedBy);
  }

  private EpochRow row(Network network, int epoch, long steps, double loss, ErrorList found) {
    Split val = data.val();
    Labels labels = Labels.given(data.task(), val);
    float[] logits = Evaluator.logits(network, val, monitor);
    Metrics metrics = Metrics.ofLogits(data.task(), logits, network.classes(), labels.values());
    int valErrors = ErrorList.of(labels, logits).count();
    return new EpochRow(
        epoch,
        steps,
        loss,
        found.count(),
        valErrors,
        metrics.acc(),
        metrics.auc(),
        plan.costs().missed(found));
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
