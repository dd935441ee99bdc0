// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.base.JsonFields;
import dev.unerring.data.ImageSource;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.train.Adam;
import dev.unerring.train.Batches;
import dev.unerring.train.Monitor;
import dev.unerring.train.NonFiniteException;
import dev.unerring.train.SampleWeights;
import dev.unerring.train.TrainingPlan;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Passes of training with batch norm frozen, so that the network that is corrected is the network
 * that is judged. One optimiser and one loss for all passes of a corrector.
 */
final class FrozenTraining {
  /**
   * Passes over the training set without a gain after which a corrector gives up: twice what any
   * correction of the study (docs/correction.md) took in all, four times what any by focus took.
   */
  static final int PATIENCE = 100;

  private final TrainingPlan plan;
  private final Network network;
  private final ImageSource images;
  private final int[] all;
  private final Monitor monitor;
  private final Monitor.Progress progress;
  private final Adam adam;
  private final Batches batches;
  private long steps;
  private long taken;
  private long gainedAt;
  private Optional<EndedBy> stop = Optional.empty();

  /**
   * Prepares.
   *
   * @param rounds most rounds, for the progress
   */
  FrozenTraining(
      TrainingPlan plan,
      Network network,
      ImageSource images,
      Labels goals,
      Monitor monitor,
      int rounds) {
    this.plan = plan;
    this.network = network;
    this.images = images;
    this.all = IntStream.range(0, goals.samples()).toArray();
    this.monitor = monitor;
    this.progress = new Monitor.Progress("correct", rounds);
    this.adam = new Adam(network);
    this.batches = new Batches(network, images, goals, SampleWeights.of(plan.costs(), goals));
  }

  /** Forgets what the optimiser knows. */
  void reset() {
    adam.reset();
  }

  /** There is a gain: patience begins anew. */
  void gained() {
    gainedAt = taken;
  }

  /** Whether so many samples were taken without a gain that more of them are of no use. */
  boolean hopeless() {
    return taken - gainedAt >= (long) PATIENCE * all.length;
  }

  /** Optimiser steps so far. */
  long steps() {
    return steps;
  }

  /** Why the surroundings ended the training. */
  Optional<EndedBy> stop() {
    return stop;
  }

  /** Adds what stands between two passes, the network included. */
  void keep(Checkpoint checkpoint) {
    checkpoint.put("steps", steps).put("taken", taken).put("gainedAt", gainedAt);
    checkpoint.put("network.", network);
    adam.keep(checkpoint);
  }

  /** Goes on where {@link #keep} was. */
  void resume(Checkpoint checkpoint) {
    JsonFields facts = checkpoint.facts();
    steps = facts.integer("steps");
    taken = facts.integer("taken");
    gainedAt = facts.integer("gainedAt");
    checkpoint.restore("network.", network);
    adam.resume(checkpoint);
  }

  /**
   * One pass; its mean loss, NaN where a step was not finite and so was not taken.
   *
   * @param order samples in the order they are taken
   * @param errorsLeft for the progress
   */
  double sweep(int[] order, double learningRate, int round, int errorsLeft) {
    try (Network.Watch _ = network.watchedBy(monitor, "correcting")) {
      return steps(order, learningRate, round, errorsLeft);
    } catch (NonFiniteException e) {
      monitor.note(e.getMessage());
      return Double.NaN;
    } catch (StoppedException e) { // in the middle of a step, which was not taken
      stop = Optional.of(e.reason());
      return Double.NaN;
    }
  }

  /** What is wrong after a pass; empty where the monitor ended the count too. */
  Optional<ErrorList> errors(Labels goals) {
    try {
      float[] logits =
          Evaluator.logits(network, images, all, monitor.finishing(), "counting errors");
      return Optional.of(ErrorList.of(goals, logits));
    } catch (StoppedException e) {
      stop = Optional.of(e.reason());
      return Optional.empty();
    }
  }

  private double steps(int[] order, double learningRate, int round, int errorsLeft) {
    int size = Math.min(plan.batchSize(), network.batch());
    int count = Math.ceilDiv(order.length, size);
    double sum = 0.0;
    batches.begin("correction round " + round, order);
    for (int step = 0; step < count && stop.isEmpty(); step++) {
      int from = step * size;
      int samples = Math.min(size, order.length - from);
      float loss = batches.gradients(samples, Mode.RUNNING_STATISTICS);
      adam.step(learningRate, plan.weightDecay());
      sum += loss;
      steps++;
      taken += samples;
      monitor.progress(progress.moveTo(round, step + 1, count, taken, loss, errorsLeft));
      stop = monitor.stopReason();
    }
    return sum / count;
  }
}
