// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

/** Two things that must be equal are not: a claim does not hold. Exit code 4. */
public final class VerificationException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure with the key {@code verification}.
   *
   * @param message for a user
   */
  public VerificationException(String message) {
    super("verification", message);
  }

  /**
   * The same with what caused it.
   *
   * @param message for a user
   * @param cause what caused it
   */
  public VerificationException(String message, Throwable cause) {
    super("verification", message, cause);
  }

  /**
   * A failure with a key of its own.
   *
   * @param key what kind of failure it is
   * @param message for a user
   */
  public VerificationException(String key, String message) {
    super(key, message);
  }

  /**
   * The same with what caused it.
   *
   * @param key what kind of failure it is
   * @param message for a user
   * @param cause what caused it
   */
  public VerificationException(String key, String message, Throwable cause) {
    super(key, message, cause);
  }

  @Override
  public int exitCode() {
    return 4;
  }
}
