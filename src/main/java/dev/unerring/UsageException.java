// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

/** An argument, an option or a choice is wrong. Exit code 2. */
public final class UsageException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure with the key {@code usage}.
   *
   * @param message for a user
   */
  public UsageException(String message) {
    super("usage", message);
  }

  /**
   * The same with what caused it.
   *
   * @param message for a user
   * @param cause what caused it
   */
  public UsageException(String message, Throwable cause) {
    super("usage", message, cause);
  }

  /**
   * A failure with a key of its own.
   *
   * @param key what kind of failure it is
   * @param message for a user
   */
  public UsageException(String key, String message) {
    super(key, message);
  }

  /**
   * The same with what caused it.
   *
   * @param key what kind of failure it is
   * @param message for a user
   * @param cause what caused it
   */
  public UsageException(String key, String message, Throwable cause) {
    super(key, message, cause);
  }

  @Override
  public int exitCode() {
    return 2;
  }
}
