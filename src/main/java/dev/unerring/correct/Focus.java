// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.EndedBy;
import dev.unerring.base.Philox;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.Monitor;
import dev.unerring.train.SampleOrder;
import dev.unerring.train.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
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
  private final List<CorrectionRound> rounds = new ArrayList<>();
  private final SortedSet<Integer> weighted = new TreeSet<>();
  private int passes;
  private ErrorList fewest;
  private StoredTensors best;

  /**
   * Prepares a correction.
   *
   * @param goals what the training samples are driven to
   */
  public Focus(TrainingPlan plan, Split train, Labels goals, Monitor monitor) {
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
    rounds.clear();
    weighted.clear();
    passes = 0;
    ErrorList before = ErrorList.of(goals, Evaluator.logits(network, train, monitor.finishing()));
    fewest = before;
    best = StoredTensors.of(network);
    try {
      return corrected(network, before);
    } finally {
      best.restore(network);
    }
  }

  private CorrectionResult corrected(Network network, ErrorList before) {
    CorrectionPlan correction = plan.correction();
    ErrorList left = before;
    FrozenTraining training =
        new FrozenTraining(plan, network, train, goals, monitor, correction.focusRounds());
    ErrorList mark = before;
    double rate = correction.learningRate();
    int withoutGain = 0;
    EndedBy endedBy = before.count() == 0 ? EndedBy.FLOOR : EndedBy.ROUNDS;
    while (fewest.count() > 0 && rounds.size() < correction.focusRounds()) {
      int round = rounds.size() + 1;
      ErrorList atStart = fewest;
      long stepsBefore = training.steps();
      int sweeps = 0;
      double firstLoss = Double.NaN;
      double loss = 0.0;
      while (left.count() > 0
          && !Double.isNaN(loss)
          && training.stop().isEmpty()
          && !training.hopeless()
          && sweeps < correction.sweeps()) {
        sweeps++;
        loss = training.sweep(order(left), rate, round, left.count());
        firstLoss = sweeps == 1 ? loss : firstLoss;
        Optional<ErrorList> counted = training.errors(goals);
        if (counted.isEmpty()) {
          loss = Double.NaN;
          break;
        }
        left = counted.get();
        if (plan.costs().compare(left, fewest) <= 0) {
          fewest = left;
          best = StoredTensors.of(network, best);
        }
        if (gained(mark)) {
          mark = fewest;
          training.gained();
        }
      }
      boolean gained = plan.costs().compare(fewest, atStart) < 0;
      boolean kept = plan.costs().compare(left, fewest) <= 0 || loss < firstLoss;
      long taken = training.steps() - stepsBefore;
      rounds.add(
          new CorrectionRound(
              name(),
              round,
              1,
              1,
              sweeps,
              taken,
              fewest.count(),
              kept,
              fewest.sampleIndexes(),
              plan.costs().missed(fewest)));
      monitor.row(rounds.getLast().describe(goals.values().length));
      if (!kept) {
        best.restore(network);
        left = fewest;
        training.reset();
        rate = rate / 2;
      }
      withoutGain = gained ? 0 : withoutGain + 1;
      if (fewest.count() == 0) {
        endedBy = EndedBy.FLOOR;
      } else if (training.stop().isPresent()) {
        endedBy = training.stop().get();
        break;
      } else if (withoutGain == PATIENCE || training.hopeless()) {
        endedBy = EndedBy.PLATEAU;
        break;
      }
    }
    return new CorrectionResult(
        name(),
        before.count(),
        fewest.count(),
        List.copyOf(rounds),
        training.steps(),
        endedBy,
        endedBy == EndedBy.PLATEAU ? fewest.sampleIndexes() : List.of());
  }

  /** Whether there are clearly fewer errors than at {@code mark}, or with costs cheaper ones. */
  private boolean gained(ErrorList mark) {
    return plan.costs().none()
        ? (long) fewest.count() * GAIN <= (long) mark.count() * (GAIN - 1)
        : plan.costs().compare(fewest, mark) < 0;
  }

  /** Repeat k of a sample has the number k * samples + sampleIndex. */
  private int[] order(ErrorList listed) {
    int samples = train.size();
    IntStream numbers = IntStream.range(0, samples);
    plan.costs().first(listed).forEach(error -> weighted.add(error.sampleIndex()));
    for (int k = 1; k < plan.correction().focusWeight(); k++) {
      int offset = Math.multiplyExact(k, samples);
      IntStream repeats = weighted.stream().mapToInt(n -> Math.addExact(offset, n));
      numbers = IntStream.concat(numbers, repeats);
    }
    int[] order = SampleOrder.of(plan.seed(), Philox.FOCUS_ORDER, ++passes, numbers.toArray());
    return IntStream.of(order).map(number -> number % samples).toArray();
  }
}
