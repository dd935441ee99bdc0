package dev.unerring.correct;

import dev.unerring.base.Philox;
import dev.unerring.dataset.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Misclassification;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.Adam;
import dev.unerring.train.BatchStep;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.Monitor;
import dev.unerring.train.NonFiniteException;
import dev.unerring.train.SampleOrder;
import dev.unerring.train.TrainingPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Gradient descent tunneling (Deng, arXiv 2312.16060), bounded and with an adaptive inner
 * optimiser. The wrong samples travel from images that the network already gets right to their own
 * (see {@link HybridData}). At each position t a session trains on the whole of H(t) with batch
 * norm frozen; t is accepted only when every sample of H(t) is right, otherwise the last accepted
 * weights come back and the advance shrinks. With a first advance of 1 the first session is plain
 * focused training.
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
  private long steps;
  private long taken;

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
  public CorrectionResult correct(Network network) {
    CorrectionPlan correction = plan.correction();
    float[] logits = Evaluator.logits(network, train);
    ErrorList before = ErrorList.of(goals, logits);
    if (before.count() == 0) {
      return result(0, 0, "floor", List.of());
    }
    Optional<HybridData> drawn = HybridData.draw(train, goals, logits, before, plan.seed());
    HybridData hybrid = drawn.orElseGet(() -> HybridData.still(train, goals));
    StoredTensors accepted = StoredTensors.of(network);
    Session session = new Session(network, hybrid, accepted, before.count());
    double reached = 0.0;
    double dt = correction.firstStep();
    int inARow = 0;
    String endedBy = "sessions";
    List<Integer> plateau = List.of();
    while (rounds.size() < correction.sessions()) {
      double t = Math.min(1.0, reached + dt);
      if (t < 1.0 && drawn.isEmpty()) {
        endedBy = "no-correct-sample";
        break;
      }
      ErrorList left = session.run(t, dt);
      if (left.count() == 0) {
        reached = t;
        accepted = StoredTensors.of(network);
        plateau = List.of();
        if (t == 1.0) {
          endedBy = "floor";
          break;
        }
        inARow++;
        dt = inARow % ACCEPTED_TO_GROW == 0 ? dt * SHRINK : dt;
      }
      if (session.stop.isPresent()) {
        endedBy = session.stop.get();
        break;
      }
      if (left.count() == 0) {
        continue;
      }
      accepted.restore(network);
      plateau = left.errors().stream().map(Misclassification::sampleIndex).distinct().toList();
      inARow = 0;
      dt = dt / SHRINK;
      if (dt < correction.smallestStep()) {
        endedBy = "plateau";
        break;
      }
    }
    return finish(session, before.count(), accepted, endedBy, plateau);
  }

  /** Leaves the weights with the fewest errors on the original images that any moment had. */
  private CorrectionResult finish(
      Session session, int before, StoredTensors accepted, String endedBy, List<Integer> plateau) {
    Network network = session.network;
    accepted.restore(network);
    int after = ErrorList.of(goals, Evaluator.logits(network, train)).count();
    if (session.fewest < after) {
      session.best.restore(network);
      after = session.fewest;
    }
    return result(before, after, endedBy, plateau);
  }

  private CorrectionResult result(int before, int after, String endedBy, List<Integer> plateau) {
    return new CorrectionResult(before, after, List.copyOf(rounds), steps, endedBy, plateau);
  }

  /** Training at one position after another, with one optimiser and one loss. */
  private final class Session {
    private final Network network;
    private final HybridData hybrid;
    private final Adam adam;
    private final BatchStep batch;
    private final int[] all;
    private StoredTensors best;
    private int fewest;
    private Optional<String> stop = Optional.empty();

    Session(Network network, HybridData hybrid, StoredTensors start, int errors) {
      this.best = start;
      this.fewest = errors;
      this.network = network;
      this.hybrid = hybrid;
      this.adam = new Adam(network);
      this.batch = new BatchStep(network);
      this.all = new int[train.size()];
      Arrays.setAll(all, i -> i);
    }

    /** Trains on H(t) until all of it is right or the sweeps are used up; what is still wrong. */
    ErrorList run(double t, double dt) {
      hybrid.moveTo(t);
      adam.reset();
      int shown = fewest;
      int sweeps = 0;
      long stepsBefore = steps;
      boolean finite = true;
      ErrorList left;
      do {
        sweeps++;
        finite = sweep(shown);
        left = judge(t);
        shown = left.count();
      } while (left.count() > 0 && finite && stop.isEmpty() && sweeps < plan.correction().sweeps());
      int number = rounds.size() + 1;
      CorrectionRound round =
          new CorrectionRound(
              number, t, dt, sweeps, steps - stepsBefore, left.count(), left.count() == 0);
      rounds.add(round);
      monitor.row(describe(round));
      return left;
    }

    /** Errors on H(t); at t = 1 they are those of the original images, and the best is kept. */
    private ErrorList judge(double t) {
      ErrorList left = ErrorList.of(goals, Evaluator.logits(network, hybrid, all));
      if (t == 1.0 && left.count() < fewest) {
        fewest = left.count();
        best = StoredTensors.of(network);
      }
      return left;
    }

    /** One pass over H(t); false where a step was not finite and so was not taken. */
    private boolean sweep(int errorsLeft) {
      try {
        steps(errorsLeft);
        return true;
      } catch (NonFiniteException e) {
        monitor.note(e.getMessage());
        return false;
      }
    }

    private void steps(int errorsLeft) {
      int[] order = SampleOrder.of(plan.seed(), Philox.CORRECTION_ORDER, ++passes, train.size());
      int count = Math.ceilDiv(order.length, plan.batchSize());
      for (int step = 0; step < count && stop.isEmpty(); step++) {
        int from = step * plan.batchSize();
        int[] samples =
            Arrays.copyOfRange(order, from, Math.min(from + plan.batchSize(), order.length));
        String where = "correction round " + (rounds.size() + 1) + ", step " + (step + 1);
        float loss =
            batch.gradients(
                hybrid.gather(samples),
                hybrid.goals(samples),
                samples,
                Mode.RUNNING_STATISTICS,
                where);
        adam.step(plan.correction().learningRate(), plan.weightDecay());
        steps++;
        taken += samples.length;
        monitor.progress(
            new Monitor.Progress(
                "correct",
                rounds.size() + 1,
                plan.correction().sessions(),
                step + 1,
                count,
                taken,
                loss,
                errorsLeft));
        stop = monitor.stop();
      }
    }

    private String describe(CorrectionRound round) {
      return String.format(
          Locale.ROOT,
          "correction round %d: t %.4f, %d sweeps, %d steps, %d of %d still wrong%s",
          round.round(),
          round.t(),
          round.sweeps(),
          round.steps(),
          round.errors(),
          goals.values().length,
          round.accepted() ? ", accepted" : ", taken back");
    }
  }
}
