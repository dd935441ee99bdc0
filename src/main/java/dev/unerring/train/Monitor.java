package dev.unerring.train;

import dev.unerring.base.WorkMonitor;
import java.util.Optional;

/**
 * What a long run asks of its surroundings and tells them. Neither can change bits: the answer to
 * {@link #stop} ends the run at a step boundary and is recorded.
 */
public interface Monitor extends WorkMonitor {
  /** Nobody watches: never stops, says nothing. */
  Monitor SILENT = new Monitor() {};

  /** A reason to stop now ("time", "interrupt"), asked at every step boundary. */
  default Optional<String> stop() {
    return Optional.empty();
  }

  /** Told after every step. */
  default void progress(Progress progress) {}

  /** The end of an epoch of training. */
  default void epoch(EpochRow row) {}

  /** A row of the log, which a progress bar may replace: the end of an epoch, of a session. */
  default void row(String text) {}

  /** Something the user should read. */
  @Override
  default void note(String text) {}

  /**
   * Where a stage of a run stands. A stage owns one and moves it from step to step, so that a step
   * allocates nothing; who is told copies what is to last.
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
