// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

/**
 * A failure that a program or its user can do something about. The message says what failed, with
 * the values, and what to do next; the key says it to a program.
 */
public abstract class UnerringException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure it is. */
  private final String key;

  /** Whether it was thrown to a program, and not to the command line. */
  private boolean embedded;

  /**
   * A failure.
   *
   * @param key what kind of failure it is
   * @param message for a user
   */
  protected UnerringException(String key, String message) {
    super(message);
    this.key = key;
  }

  /**
   * A failure with what caused it.
   *
   * @param key what kind of failure it is
   * @param message for a user
   * @param cause what caused it
   */
  protected UnerringException(String key, String message, Throwable cause) {
    super(message, cause);
    this.key = key;
  }

  /**
   * {@return what kind of failure it is: a word that stays the same where messages are worded anew}
   */
  public String key() {
    return key;
  }

  /** {@return the exit code of the command line for this failure} */
  public abstract int exitCode();

  /** Thrown to a program: the message names no options of the command line. */
  UnerringException embedded() {
    embedded = true;
    return this;
  }

  /** {@return what failed, with the values, and what to do next} */
  @Override
  public String getMessage() {
    return embedded ? PlainWords.of(super.getMessage()) : super.getMessage();
  }
}
