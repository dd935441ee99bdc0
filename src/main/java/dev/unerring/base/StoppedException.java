package dev.unerring.base;

/**
 * The work was stopped before it had a result: by the user or the interruption of the thread (exit
 * code 130), or because the time was up (exit code 3).
 */
public final class StoppedException extends UnerringException {
  private static final long serialVersionUID = 1L;

  private final String reason;

  /** A stop by the user: what was not finished, and what remains of it. */
  public StoppedException(String message) {
    this(message, WorkMonitor.INTERRUPT);
  }

  /** The same with the reason of the stop. */
  public StoppedException(String message, String reason) {
    super(message);
    this.reason = reason;
  }

  /** A stop in the middle of some work, e.g. {@code hashing x.npz}. */
  static StoppedException during(String work, String reason) {
    String how =
        switch (reason) {
          case WorkMonitor.INTERRUPT -> "interrupted while ";
          case WorkMonitor.TIME -> "the time was up while ";
          default -> "stopped (" + reason + ") while ";
        };
    return new StoppedException(how + work, reason);
  }

  /** The same stop; the message goes on with what it means, e.g. that nothing is written. */
  public StoppedException adding(String consequence) {
    StoppedException more = new StoppedException(getMessage() + consequence, reason);
    more.initCause(this);
    return more;
  }

  /** Why, see {@link WorkMonitor#stop}. */
  public String reason() {
    return reason;
  }

  @Override
  public int exitCode() {
    return reason.equals(WorkMonitor.TIME) ? 3 : 130;
  }
}
