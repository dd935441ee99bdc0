// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import java.util.Optional;

/**
 * Progress of long work, and how it is stopped. None of it changes a result.
 *
 * <p>One monitor goes through every stage. Work asks {@link #stopReason} several times a second. An
 * interrupted thread is a stop too: its status stays set, for the caller.
 */
public interface WorkMonitor {
  /** Nobody watches: says nothing, never stops, not even an interrupted thread. */
  WorkMonitor SILENT =
      new WorkMonitor() {
        @Override
        public Optional<EndedBy> stopReason() {
          return Optional.empty();
        }
      };

  /** Something the user should read. */
  default void note(String text) {}

  /**
   * Where the work stands; called often, from the thread that works.
   *
   * @param work what is done, e.g. {@code counting errors}; another text is another work
   * @param done samples (pairs, files) so far, from 0
   * @param total of them in all; -1 where it is not known
   */
  default void progress(String work, long done, long total) {}

  /** The same for work that is counted in bytes, e.g. {@code hashing pathmnist.npz}. */
  default void progressBytes(String work, long done, long total) {
    progress(work, done, total);
  }

  /** Whether the user wants to stop; for monitors that give no other reason. */
  default boolean stopped() {
    return false;
  }

  /**
   * A reason to stop now: {@link EndedBy#TIME} or {@link EndedBy#STOP}; any thread may ask, often.
   */
  default Optional<EndedBy> stop() {
    return stopped() ? Optional.of(EndedBy.STOP) : Optional.empty();
  }

  /** {@link #stop}, or {@link EndedBy#STOP} where the calling thread is interrupted. */
  default Optional<EndedBy> stopReason() {
    Optional<EndedBy> reason = stop();
    return reason.isEmpty() && Thread.currentThread().isInterrupted()
        ? Optional.of(EndedBy.STOP)
        : reason;
  }

  /**
   * Reports progress, or ends the work.
   *
   * @throws StoppedException where there is a {@link #stopReason}; says what was not finished
   */
  default void step(String work, long done, long total) {
    check(work);
    progress(work, done, total);
  }

  /**
   * The same for work that is counted in bytes.
   *
   * @throws StoppedException where there is a {@link #stopReason}; says what was not finished
   */
  default void stepBytes(String work, long done, long total) {
    check(work);
    progressBytes(work, done, total);
  }

  /**
   * Ends the work where it shall stop.
   *
   * @throws StoppedException where there is a {@link #stopReason}; says what was not finished
   */
  default void check(String work) {
    Optional<EndedBy> reason = stopReason();
    if (reason.isPresent()) {
      throw during(work, reason.get());
    }
  }

  /** A stop in the middle of some work, e.g. {@code hashing x.npz}. */
  private static StoppedException during(String work, EndedBy reason) {
    String how =
        switch (reason) {
          case STOP -> "interrupted while ";
          case TIME -> "the time was up while ";
          default -> "stopped (" + reason + ") while ";
        };
    return new StoppedException(how + work, reason);
  }
}
