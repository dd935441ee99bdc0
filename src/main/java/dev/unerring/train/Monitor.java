// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.EndedBy;
import dev.unerring.base.WorkMonitor;
import java.util.Optional;

/**
 * Watches a long run and may stop it; changes no bit. The answer to {@link #stop} ends reading,
 * audit, training and correction, and is recorded. What a run keeps is then counted and checked,
 * unless that shall end too, see {@link #graceOver}.
 */
public interface Monitor extends WorkMonitor {
  /** Reports nothing; stops for an interrupted thread only. */
  Monitor SILENT = new Monitor() {};

  /**
   * Whether, after a stop, the count and the re-check of what is kept must end too. They do at
   * once, unless a monitor gives them some time and says false until it is up.
   */
  default boolean graceOver() {
    return true;
  }

  /** This monitor for what follows a stop: its reasons count when {@link #graceOver}. */
  default WorkMonitor finishing() {
    return new Finishing(this);
  }

  /** Told after every step. */
  default void progress(Progress progress) {}

  /** The end of an epoch of training. */
  default void epoch(EpochRow row) {}

  /** A row of the log, which a progress bar may replace: the end of an epoch, of a session. */
  default void row(String text) {}

  /** See {@link #finishing}. */
  record Finishing(Monitor monitor) implements WorkMonitor {
    @Override
    public void note(String text) {
      monitor.note(text);
    }

    @Override
    public void progress(String work, long done, long total) {
      monitor.progress(work, done, total);
    }

    @Override
    public void progressBytes(String work, long done, long total) {
      monitor.progressBytes(work, done, total);
    }

    @Override
    public Optional<EndedBy> stop() {
      Optional<EndedBy> reason = monitor.stopReason();
      return reason.isEmpty() || monitor.graceOver() ? reason : Optional.empty();
    }

    /** The thread's interruption is one of the reasons above. */
    @Override
    public Optional<EndedBy> stopReason() {
      return stop();
    }
  }

  /**
   * Where a stage of a run stands. A stage owns one and moves it from step to step, so that a step
   * allocates nothing; a receiver copies what it keeps.
   */
  final class Progress {
    private final String stage;
    private final int rounds;
    private int round;
    private int step;
    private int steps;
    private long samples;
    private float loss;
    private int errorsLeft;

    /**
     * The beginning of a stage.
     *
     * @param stage train or correct
     * @param rounds most epochs or sessions
     */
    public Progress(String stage, int rounds) {
      this.stage = stage;
      this.rounds = rounds;
    }

    /**
     * Moves on to the end of a step.
     *
     * @param round epoch or session, from 1
     * @param step step within the round, from 1
     * @param steps steps of the round
     * @param samples samples that all steps of the stage have taken so far
     * @param loss mean loss of the step
     * @param errorsLeft training errors at the last count; -1 before the first
     * @return this
     */
    public Progress moveTo(
        int round, int step, int steps, long samples, float loss, int errorsLeft) {
      this.round = round;
      this.step = step;
      this.steps = steps;
      this.samples = samples;
      this.loss = loss;
      this.errorsLeft = errorsLeft;
      return this;
    }

    /** Train or correct. */
    public String stage() {
      return stage;
    }

    /** Epoch or session, from 1. */
    public int round() {
      return round;
    }

    /** Most epochs or sessions. */
    public int rounds() {
      return rounds;
    }

    /** Step within the round, from 1. */
    public int step() {
      return step;
    }

    /** Steps of the round. */
    public int steps() {
      return steps;
    }

    /** Samples that all steps of the stage have taken so far. */
    public long samples() {
      return samples;
    }

    /** Mean loss of the last step. */
    public float loss() {
      return loss;
    }

    /** Training errors at the last count; -1 before the first. */
    public int errorsLeft() {
      return errorsLeft;
    }
  }
}
