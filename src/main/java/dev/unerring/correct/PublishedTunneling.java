// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.UsageException;
import dev.unerring.base.Philox;
import dev.unerring.data.ImageSource;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Misclassification;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Gradient descent tunneling with the published rules (Deng, arXiv 2312.16060), for {@code --preset
 * deng-2023}: sessions of 25 normalised full-batch steps ({@link FullBatchDescent}). First sessions
 * on the original images, until few errors are left and every goal of a wrong sample has a right
 * one (priming). Then at each t a session on H(t), accepted only when all of H(t) is right after
 * it; on failure the last accepted weights come back, dt becomes dt / 1.5 and t the failed t - dt,
 * but not less than the accepted one. Six acceptances in a row make dt 1.5 times as long. A failure
 * at t = 0 draws other auxiliary images, at most seven times; where all fail, priming goes on until
 * half of the errors are left. Two sessions in a row without error at t = 1 end it. Bounded, which
 * the published rule is not, by the smallest dt and the sessions.
 */
public final class PublishedTunneling implements Corrector {
  private static final int REDRAWS = 7;
  private static final double SHRINK = 1.5;
  private static final int ACCEPTED_TO_GROW = 6;
  private static final int LOGGED = 40;

  private final TrainingPlan plan;
  private final Split train;
  private final Labels goals;
  private final Monitor monitor;
  private final List<CorrectionRound> rounds = new ArrayList<>();
  private final int[] all;
  private final Monitor.Progress progress;
  private Network network;
  private FullBatchDescent descent;
  private long steps;
  private Optional<EndedBy> stop = Optional.empty();
  private ErrorList fewest;
  private StoredTensors best;

  /**
   * Prepares a correction.
   *
   * @param goals what the training samples are driven to
   */
  public PublishedTunneling(TrainingPlan plan, Split train, Labels goals, Monitor monitor) {
    this.plan = plan;
    this.train = train;
    this.goals = goals;
    this.monitor = monitor;
    this.all = IntStream.range(0, train.size()).toArray();
    this.progress = new Monitor.Progress("correct", plan.correction().sessions());
  }

  @Override
  public String name() {
    return "deng-2023";
  }

  /**
   * Whether the rules apply.
   *
   * @throws UsageException where not all samples fit into one batch, or a sample has several labels
   */
  public static void requireFit(boolean multiLabel, int samples, int batch) {
    if (multiLabel) {
      throw new UsageException("deng-2023 is for one label a sample, this set has several");
    }
    if (batch < samples) {
      throw new UsageException(
          "deng-2023 takes all "
              + samples
              + " training samples in one step, the batch holds "
              + batch
              + "; give --batch-size "
              + samples
              + ", 65536 at most");
    }
  }

  /**
   * Corrects.
   *
   * @throws UsageException where not all samples fit into one batch, or a sample has several labels
   */
  @Override
  public CorrectionResult correct(Network corrected) {
    requireFit(goals.multiLabel(), train.size(), corrected.batch());
    network = corrected;
    descent = new FullBatchDescent(network, goals);
    float[] logits = Evaluator.logits(network, train, monitor.finishing());
    ErrorList before = ErrorList.of(goals, logits);
    fewest = before;
    best = StoredTensors.of(network);
    try {
      return corrected(before);
    } finally {
      best.restore(network);
    }
  }

  private CorrectionResult corrected(ErrorList before) {
    int wanted = (int) Math.floor(plan.primeTo() * train.size());
    ErrorList left = prime(before, wanted);
    HybridData hybrid = null;
    while (left.count() > 0 && hybrid == null && !ended()) {
      hybrid = start(left);
      left = hybrid == null ? prime(left, left.count() / 2) : left;
    }
    List<Integer> plateau = hybrid == null ? List.of() : tunnel(hybrid);
    EndedBy endedBy =
        fewest.count() == 0
            ? EndedBy.FLOOR
            : plateau.isEmpty() ? stop.orElse(EndedBy.SESSIONS) : EndedBy.PLATEAU;
    return new CorrectionResult(
        name(), before.count(), fewest.count(), List.copyOf(rounds), steps, endedBy, plateau);
  }

  private boolean ended() {
    return stop.isPresent() || rounds.size() >= plan.correction().sessions();
  }

  // ---- priming ----

  /** Sessions on the original images until tunneling may begin; what is wrong then. */
  private ErrorList prime(ErrorList before, int wanted) {
    ErrorList left = before;
    while (!ended() && left.count() > 0 && (left.count() > wanted || draw(left, 0).isEmpty())) {
      left = session(train, 1.0, 1.0, true);
    }
    return left;
  }

  // ---- tunneling ----

  /** The auxiliary images; empty where a class has no right sample, or a stop ends the count. */
  private Optional<HybridData> draw(ErrorList wrong, int number) {
    try {
      float[] logits = Evaluator.logits(network, train, monitor);
      return HybridData.draw(
          train, goals, logits, wrong, plan.seed(), Philox.PUBLISHED_AUXILIARY, number);
    } catch (StoppedException e) {
      stop = Optional.of(e.reason());
      return Optional.empty();
    }
  }

  /** From t = 0 to 1; the samples that hold it, empty where it arrived or was stopped. */
  private List<Integer> tunnel(HybridData hybrid) {
    CorrectionPlan correction = plan.correction();
    StoredTensors accepted = StoredTensors.of(network);
    double reached = 0.0;
    double dt = correction.firstStep();
    double t = dt;
    int inARow = 0;
    int atOne = 0;
    while (!ended()) {
      hybrid.moveTo(t);
      ErrorList left = session(hybrid, t, dt);
      if (left.count() == 0) {
        accepted = StoredTensors.of(network);
        reached = t;
        atOne = t == 1.0 ? atOne + 1 : 0;
        if (atOne == 2) {
          return List.of();
        }
        inARow++;
        dt = inARow % ACCEPTED_TO_GROW == 0 ? dt * SHRINK : dt;
        t = Math.min(1.0, t + dt);
        continue;
      }
      accepted.restore(network);
      inARow = 0;
      atOne = 0;
      dt = dt / SHRINK;
      if (dt < correction.smallestStep()) {
        return left.errors().stream().map(Misclassification::sampleIndex).toList();
      }
      t = Math.max(reached, t - dt);
    }
    return List.of();
  }

  /**
   * Hybrid data on which a session at t = 0 ends without error; null where all draws fail, with the
   * weights as they were.
   */
  private HybridData start(ErrorList wrong) {
    StoredTensors primed = StoredTensors.of(network);
    for (int number = 0; number <= REDRAWS && !ended(); number++) {
      primed.restore(network);
      Optional<HybridData> hybrid = draw(wrong, number);
      hybrid.ifPresent(each -> each.moveTo(0.0));
      if (hybrid.isPresent() && session(hybrid.get(), 0.0, 0.0).count() == 0) {
        return hybrid.get();
      }
    }
    primed.restore(network);
    return null;
  }

  // ---- sessions ----

  /** A session that is taken back where something is wrong after it. */
  private ErrorList session(HybridData hybrid, double t, double dt) {
    return session(hybrid, t, dt, false);
  }

  /**
   * Steps on some images; what is wrong of them afterwards.
   *
   * @param kept whether what it ends with is kept in any case
   */
  private ErrorList session(ImageSource images, double t, double dt, boolean kept) {
    float[] pixels = images.gather(all);
    int most = plan.correction().sweeps();
    int number = rounds.size() + 1;
    int taken = 0;
    while (taken < most && stop.isEmpty() && step(pixels)) {
      taken++;
      steps++;
      monitor.progress(progress.moveTo(number, taken, most, steps * all.length, 0, fewest.count()));
      stop = monitor.stopReason();
    }
    ErrorList left;
    try {
      float[] logits =
          Evaluator.logits(network, images, all, monitor.finishing(), "counting errors");
      left = ErrorList.of(goals, logits);
    } catch (StoppedException e) { // the best state so far is kept
      stop = Optional.of(e.reason());
      return fewest;
    }
    boolean right = left.count() == 0;
    if (t == 1.0 && left.count() < fewest.count()) {
      fewest = left;
      best = StoredTensors.of(network);
    }
    rounds.add(
        new CorrectionRound(
            name(),
            number,
            t,
            dt,
            taken,
            taken,
            left.count(),
            kept || right,
            fewest.sampleIndexes(),
            plan.costs().missed(left)));
    if (number % LOGGED == 0 || right) {
      monitor.row(rounds.getLast().describe(train.size()));
    }
    return left;
  }

  /** Whether a step was taken; a stop in the middle of it takes none. */
  private boolean step(float[] pixels) {
    try (Network.Watch _ = network.watchedBy(monitor, "correcting")) {
      return descent.step(pixels);
    } catch (StoppedException e) {
      stop = Optional.of(e.reason());
      return false;
    }
  }
}
