package dev.unerring.base;

/**
 * What work on large files tells its surroundings, and how it is stopped. None of it changes a
 * result.
 */
public interface WorkMonitor {
  /** Nobody watches: says nothing, never stops. */
  WorkMonitor SILENT = new WorkMonitor() {};

  /** Something the user should read. */
  default void note(String text) {}

  /**
   * Where the work stands; called often, from the thread that works.
   *
   * @param work what is done, e.g. {@code hashing pathmnist.npz}; another text is another work
   * @param done bytes so far, from 0
   * @param total bytes in all; -1 where it is not known
   */
  default void progress(String work, long done, long total) {}

  /** Whether the user wants to stop; asked between small steps. */
  default boolean stopped() {
    return false;
  }

  /**
   * Reports progress, or ends the work when the user wants to stop.
   *
   * @throws StoppedException when {@link #stopped()}; says what was not finished
   */
  default void step(String work, long done, long total) {
    if (stopped()) {
      throw new StoppedException("interrupted while " + work);
    }
    progress(work, done, total);
  }
}
