// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import dev.unerring.run.RunResult;
import dev.unerring.train.EpochRow;
import dev.unerring.train.Monitor;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/** Tells a listener of a run, and ends the run on behalf of its owner. */
final class Watch implements Monitor {
  static final LongSupplier CLOCK = System::nanoTime;

  private final Listener listener;
  private final Optional<Long> deadline;
  private volatile boolean stop;
  private volatile boolean abandon;

  /** From now on; {@code most} empty for no limit. */
  Watch(Listener listener, Optional<Duration> most) {
    this.listener = listener;
    this.deadline = most.map(time -> CLOCK.getAsLong() + time.toNanos());
  }

  void requestStop() {
    stop = true;
  }

  void abandon() {
    abandon = true;
  }

  /** Whether the run is to end without a result: its owner or an interrupt wants that. */
  boolean abandoned() {
    return abandon || Thread.currentThread().isInterrupted();
  }

  @Override
  public Optional<EndedBy> stop() {
    if (stop || abandon) {
      return Optional.of(EndedBy.STOP);
    }
    boolean late = deadline.isPresent() && CLOCK.getAsLong() - deadline.get() >= 0;
    return late ? Optional.of(EndedBy.TIME) : Optional.empty();
  }

  /** What is kept is counted in full; what is abandoned is not. */
  @Override
  public boolean graceOver() {
    return abandoned();
  }

  /**
   * The run, unless it was abandoned.
   *
   * @throws StoppedException where it was: then its folder is removed
   */
  RunResult kept(RunResult result) {
    if (abandoned()) {
      result.discard();
      throw new StoppedException("the run was abandoned; nothing of it is kept");
    }
    return result;
  }

  @Override
  public void progress(String work, long done, long total) {
    listener.progress(new dev.unerring.Progress(work, done, total));
  }

  @Override
  public void progress(Progress p) {
    long done = (long) (p.round() - 1) * p.steps() + p.step();
    String work = p.stage().equals("train") ? "training" : "correcting";
    listener.progress(new dev.unerring.Progress(work, done, (long) p.rounds() * p.steps()));
  }

  @Override
  public void epoch(EpochRow row) {
    double auc = row.valAuc();
    listener.epoch(
        new Epoch(
            row.epoch(),
            row.loss(),
            row.trainErrors(),
            row.valErrors(),
            row.valAcc(),
            Double.isNaN(auc) ? OptionalDouble.empty() : OptionalDouble.of(auc)));
  }

  @Override
  public void note(String text) {
    listener.note(new Note(PlainWords.of(text)));
  }
}
