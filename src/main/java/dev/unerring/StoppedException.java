// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

/**
 * The work was stopped before it had a result: by the user or the interruption of the thread (exit
 * code 130), or because the time was up (exit code 3). The key is the reason: {@code interrupt} or
 * {@code time}.
 */
public final class StoppedException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  private final EndedBy reason;

  /**
   * A stop by the user.
   *
   * @param message what was not finished, and what remains of it
   */
  public StoppedException(String message) {
    this(message, EndedBy.STOP);
  }

  /**
   * A stop.
   *
   * @param message what was not finished, and what remains of it
   * @param reason why
   */
  public StoppedException(String message, EndedBy reason) {
    super(reason.toString(), message);
    this.reason = reason;
  }

  /**
   * The same stop; the message goes on with what it means.
   *
   * @param consequence for example that nothing is written
   * @return another exception, whose cause is this one
   */
  public StoppedException adding(String consequence) {
    StoppedException more = new StoppedException(getMessage() + consequence, reason());
    more.initCause(this);
    return more;
  }

  /** {@return why; the key is its word} */
  public EndedBy reason() {
    return reason;
  }

  @Override
  public int exitCode() {
    return reason == EndedBy.TIME ? 3 : 130;
  }
}
