// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.EndedBy;
import dev.unerring.base.Philox;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.Keeper;
import dev.unerring.train.Monitor;
import dev.unerring.train.SampleOrder;
import dev.unerring.train.TrainingPlan;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Continued training with batch norm frozen, weighted on the errors: a sweep takes every training
 * sample once, and each sample that a count has found wrong some times more: also after it was
 * corrected, since it would be lost again at once. With costs only those whose error costs the most
 * join them, until none of them is left. After every sweep all samples are counted. A round ends
 * with no errors or after so many sweeps; where it then has more errors than the best state so far
 * and its loss did not fall either, it is taken back to that state and the rate is halved. The
 * network ends in the best state seen (the latest on ties). It gives up after three rounds in a row
 * without gain, or {@link FrozenTraining#PATIENCE} passes without a tenth fewer errors.
 */
public final class Focus implements Corrector {
  /** Rounds in a row without gain after which more of them are no use. */
  private static final int PATIENCE = 3;

  /**
   * A gain that begins {@link FrozenTraining#PATIENCE} anew: one error in so many, at least one.
   */
  private static final int GAIN = 10;

  private final TrainingPlan plan;
  private final Split train;
  private final Labels goals;
  private final Monitor monitor;
  private final Keeper keeper;

  /** Prepares a correction that keeps no checkpoints. */
  public Focus(TrainingPlan plan, Split train, Labels goals, Monitor monitor) {
    this(plan, train, goals, monitor, Keeper.NONE);
  }

  /**
   * Prepares a correction.
   *
   * @param goals what the training samples are driven to
   * @param keeper asked where to go on, and told what is to be kept
   */
  public Focus(TrainingPlan plan, Split train, Labels goals, Monitor monitor, Keeper keeper) {
    this.keeper = keeper;
    this.plan = plan;
    this.train = train;
    this.goals = goals;
    this.monitor = monitor;
  }

  @Override
  public String name() {
    return "focus";
  }

  @Override
  public CorrectionResult correct(Network network) {
    Optional<Checkpoint> kept = keeper.kept().filter(FocusState::in);
    int rounds = plan.correction().focusRounds();
    FrozenTraining training = null;
    FocusState at;
    if (kept.isPresent()) {
      training = new FrozenTraining(plan, network, train, goals, monitor, rounds);
      at = FocusState.resume(kept.get(), network, training);
    } else {
      float[] logits = Evaluator.logits(network, train, monitor.finishing());
      at = new FocusState(ErrorList.of(goals, logits), network, plan.correction().learningRate());
    }
    try {
      if (training == null) {
        training = new FrozenTraining(plan, network, train, goals, monitor, rounds);
      }
      return corrected(network, at, training);
    } finally {
      at.best.restore(network);
    }
  }

  private CorrectionResult corrected(Network network, FocusState at, FrozenTraining training) {
    EndedBy endedBy = at.before.count() == 0 ? EndedBy.FLOOR : EndedBy.ROUNDS;
    while (at.fewest.count() > 0 && at.rounds.size() < plan.correction().focusRounds()) {
      sweeps(network, at, training);
      boolean gained = plan.costs().compare(at.fewest, at.atStart) < 0;
      boolean kept = plan.costs().compare(at.left, at.fewest) <= 0 || at.loss < at.firstLoss;
      at.rounds.add(
          new CorrectionRound(
              name(),
              at.rounds.size() + 1,
              1,
              1,
              at.sweeps,
              training.steps() - at.stepsBefore,
              at.fewest.count(),
              kept,
              at.fewest.sampleIndexes(),
              plan.costs().missed(at.fewest)));
      monitor.row(at.rounds.getLast().describe(goals.values().length));
      if (!kept) {
        at.best.restore(network);
        at.left = at.fewest;
        training.reset();
        at.rate = at.rate / 2;
      }
      at.atStart = null;
      at.withoutGain = gained ? 0 : at.withoutGain + 1;
      if (at.fewest.count() == 0) {
        endedBy = EndedBy.FLOOR;
      } else if (training.stop().isPresent()) {
        endedBy = training.stop().get();
        break;
      } else if (at.withoutGain == PATIENCE || training.hopeless()) {
        endedBy = EndedBy.PLATEAU;
        break;
      }
    }
    return new CorrectionResult(
        name(),
        at.before.count(),
        at.fewest.count(),
        List.copyOf(at.rounds),
        training.steps(),
        endedBy,
        endedBy == EndedBy.PLATEAU ? at.fewest.sampleIndexes() : List.of());
  }

  /** The sweeps of a round, from its start or from where a checkpoint was. */
  private void sweeps(Network network, FocusState at, FrozenTraining training) {
    if (at.atStart == null) {
      at.begin(training.steps());
    }
    int round = at.rounds.size() + 1;
    while (at.left.count() > 0
        && !Double.isNaN(at.loss)
        && training.stop().isEmpty()
        && !training.hopeless()
        && at.sweeps < plan.correction().sweeps()) {
      if (at.sweeps > 0 && keeper.due()) {
        keeper.keep(at.keep(training));
      }
      at.sweeps++;
      at.loss = training.sweep(order(at), at.rate, round, at.left.count());
      at.firstLoss = at.sweeps == 1 ? at.loss : at.firstLoss;
      Optional<ErrorList> counted = training.errors(goals);
      if (counted.isEmpty()) {
        at.loss = Double.NaN;
        break;
      }
      at.left = counted.get();
      if (plan.costs().compare(at.left, at.fewest) <= 0) {
        at.fewest = at.left;
        at.best = StoredTensors.of(network, at.best);
      }
      if (gained(at)) {
        at.mark = at.fewest;
        training.gained();
      }
    }
  }

  /** Whether there are clearly fewer errors than at the mark, or with costs cheaper ones. */
  private boolean gained(FocusState at) {
    return plan.costs().none()
        ? (long) at.fewest.count() * GAIN <= (long) at.mark.count() * (GAIN - 1)
        : plan.costs().compare(at.fewest, at.mark) < 0;
  }

  /** Repeat k of a sample has the number k * samples + sampleIndex. */
  private int[] order(FocusState at) {
    int samples = train.size();
    IntStream numbers = IntStream.range(0, samples);
    plan.costs().first(at.left).forEach(error -> at.weighted.add(error.sampleIndex()));
    for (int k = 1; k < plan.correction().focusWeight(); k++) {
      int offset = Math.multiplyExact(k, samples);
      IntStream repeats = at.weighted.stream().mapToInt(n -> Math.addExact(offset, n));
      numbers = IntStream.concat(numbers, repeats);
    }
    int[] order = SampleOrder.of(plan.seed(), Philox.FOCUS_ORDER, ++at.passes, numbers.toArray());
    return IntStream.of(order).map(number -> number % samples).toArray();
  }
}
