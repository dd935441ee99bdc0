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

  /** A row of the log, which a progress bar may replace: the end of an epoch, of a session. */
  default void row(String text) {}

  /** Something the user should read. */
  @Override
  default void note(String text) {}

  /**
   * Where a run stands.
   *
   * @param stage train or correct
   * @param round epoch or session, from 1
   * @param rounds most epochs or sessions
   * @param step step within the round, from 1
   * @param steps steps of the round
   * @param samples samples that all steps of the stage have taken so far
   * @param loss mean loss of the last step
   * @param errorsLeft training errors at the last count; -1 before the first
   */
  record Progress(
      String stage,
      int round,
      int rounds,
      int step,
      int steps,
      long samples,
      float loss,
      int errorsLeft) {}
}
