// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
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

/**
 * Gradient descent tunneling (Deng, arXiv 2312.16060), bounded and with an adaptive inner
 * optimiser. The wrong samples travel from images that the network already gets right to their own
 * (see {@link HybridData}). At each position t a session trains on the whole of H(t) with batch
 * norm frozen; t is accepted only when every sample of H(t) is right, otherwise the last accepted
 * weights come back and the advance shrinks. It gives up after {@link FrozenTraining#PATIENCE}
 * passes without an accepted session. With a first advance of 1 the first session is plain training
 * on the original images. With costs the wrong samples travel one after another, those whose error
 * costs the most first.
 */
public final class Tunneling implements Corrector {
  private static final double SHRINK = 1.5;
  private static final int ACCEPTED_TO_GROW = 6;

  private final TrainingPlan plan;
  private final Split train;
  private final Labels goals;
  private final Monitor monitor;
  private final List<CorrectionRound> rounds = new ArrayList<>();
  private int passes;

  /**
   * Prepares a correction.
   *
   * @param goals what the training samples are driven to
   */
  public Tunneling(TrainingPlan plan, Split train, Labels goals, Monitor monitor) {
    this.plan = plan;
    this.train = train;
    this.goals = goals;
    this.monitor = monitor;
  }

  @Override
  public String name() {
    return "tunneling";
  }

  @Override
  public CorrectionResult correct(Network network) {
    rounds.clear();
    passes = 0;
    float[] logits = Evaluator.logits(network, train, monitor.finishing());
    ErrorList before = ErrorList.of(goals, logits);
    if (before.count() == 0) {
      return result(0, 0, 0, EndedBy.FLOOR, List.of());
    }
    Optional<HybridData> drawn = HybridData.draw(train, goals, logits, before, plan.seed());
    HybridData hybrid = drawn.orElseGet(() -> HybridData.still(train));
    hybrid.travelInTurn(before, plan.costs());
    Session session = new Session(network, hybrid, StoredTensors.of(network), before);
    boolean done = false;
    try {
      CorrectionResult result = tunnel(session, drawn.isPresent(), before);
      done = true;
      return result;
    } finally {
      if (!done) { // the monitor or the device failed
        session.best.restore(network);
      }
    }
  }

  private CorrectionResult tunnel(Session session, boolean drawn, ErrorList before) {
    CorrectionPlan correction = plan.correction();
    Network network = session.network;
    StoredTensors accepted = session.best;
    double reached = 0.0;
    double dt = correction.firstStep();
    int inARow = 0;
    EndedBy endedBy = EndedBy.SESSIONS;
    List<Integer> plateau = List.of();
    while (rounds.size() < correction.sessions()) {
      double t = Math.min(1.0, reached + dt);
      if (t < 1.0 && !drawn) {
        endedBy = EndedBy.NO_CORRECT_SAMPLE;
        break;
      }
      Optional<ErrorList> counted = session.run(t, dt);
      if (counted.isEmpty()) {
        endedBy = session.training.stop().orElseThrow();
        break;
      }
      ErrorList left = counted.get();
      if (left.count() == 0) {
        session.training.gained();
        reached = t;
        StoredTensors free = accepted == session.best ? null : accepted;
        accepted = StoredTensors.of(network, free);
        plateau = List.of();
        if (t == 1.0) {
          endedBy = EndedBy.FLOOR;
          break;
        }
        inARow++;
        dt = inARow % ACCEPTED_TO_GROW == 0 ? dt * SHRINK : dt;
      }
      if (session.training.stop().isPresent()) {
        endedBy = session.training.stop().get();
        break;
      }
      if (left.count() == 0) {
        continue;
      }
      accepted.restore(network);
      plateau = left.sampleIndexes();
      inARow = 0;
      dt = dt / SHRINK;
      if (dt < correction.smallestStep() || session.training.hopeless()) {
        endedBy = EndedBy.PLATEAU;
        break;
      }
    }
    return finish(session, before.count(), accepted, endedBy, plateau);
  }

  /** Leaves the best weights of the moments at which the original images were counted. */
  private CorrectionResult finish(
      Session session, int before, StoredTensors accepted, EndedBy endedBy, List<Integer> plateau) {
    Network network = session.network;
    accepted.restore(network);
    Optional<ErrorList> after = count(network);
    if (after.isEmpty() || plan.costs().compare(session.fewest, after.get()) < 0) {
      session.best.restore(network);
      after = Optional.of(session.fewest);
    }
    return result(before, after.get().count(), session.training.steps(), endedBy, plateau);
  }

  /** Errors of the original images; empty where the monitor ends the count. */
  private Optional<ErrorList> count(Network network) {
    try {
      return Optional.of(
          ErrorList.of(goals, Evaluator.logits(network, train, monitor.finishing())));
    } catch (StoppedException e) {
      return Optional.empty();
    }
  }

  private CorrectionResult result(
      int before, int after, long steps, EndedBy endedBy, List<Integer> plateau) {
    return new CorrectionResult(
        name(), before, after, List.copyOf(rounds), steps, endedBy, plateau);
  }

  /** Training at one position after another. */
  private final class Session {
    private final Network network;
    private final HybridData hybrid;
    private final FrozenTraining training;
    private final StoredTensors start;
    private StoredTensors best;
    private ErrorList fewest;

    Session(Network network, HybridData hybrid, StoredTensors start, ErrorList before) {
      this.start = start;
      this.best = start;
      this.fewest = before;
      this.network = network;
      this.hybrid = hybrid;
      int sessions = plan.correction().sessions();
      this.training = new FrozenTraining(plan, network, hybrid, goals, monitor, sessions);
    }

    /**
     * Trains on H(t) until all of it is right or the sweeps are used up; what is still wrong, empty
     * where the monitor ended the count.
     */
    Optional<ErrorList> run(double t, double dt) {
      hybrid.moveTo(t);
      training.reset();
      long stepsBefore = training.steps();
      int number = rounds.size() + 1;
      int shown = fewest.count();
      int sweeps = 0;
      boolean finite = true;
      ErrorList left;
      do {
        sweeps++;
        int[] order = SampleOrder.of(plan.seed(), Philox.CORRECTION_ORDER, ++passes, train.size());
        double loss = training.sweep(order, plan.correction().learningRate(), number, shown);
        finite = !Double.isNaN(loss);
        Optional<ErrorList> counted = judge(t);
        if (counted.isEmpty()) {
          return counted;
        }
        left = counted.get();
        shown = left.count();
      } while (left.count() > 0
          && finite
          && training.stop().isEmpty()
          && !training.hopeless()
          && sweeps < plan.correction().sweeps());
      long taken = training.steps() - stepsBefore;
      boolean accepted = left.count() == 0;
      rounds.add(
          new CorrectionRound(
              name(),
              number,
              t,
              dt,
              sweeps,
              taken,
              left.count(),
              accepted,
              fewest.sampleIndexes(),
              plan.costs().missed(left)));
      monitor.row(rounds.getLast().describe(goals.values().length));
      return Optional.of(left);
    }

    /** Errors on H(t); at t = 1 they are those of the original images, and the best is kept. */
    private Optional<ErrorList> judge(double t) {
      Optional<ErrorList> left = training.errors(goals);
      if (t == 1.0 && left.isPresent() && plan.costs().compare(left.get(), fewest) < 0) {
        fewest = left.get();
        best = StoredTensors.of(network, best == start ? null : best);
      }
      return left;
    }
  }
}
