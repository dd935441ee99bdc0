// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

/** A file is missing, unreadable, unwritable or not what it should be. Exit code 5. */
public final class DataException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure with the key {@code data}.
   *
   * @param message for a user
   */
  public DataException(String message) {
    super("data", message);
  }

  /**
   * The same with what caused it.
   *
   * @param message for a user
   * @param cause what caused it
   */
  public DataException(String message, Throwable cause) {
    super("data", message, cause);
  }

  /**
   * A failure with a key of its own.
   *
   * @param key what kind of failure it is
   * @param message for a user
   */
  public DataException(String key, String message) {
    super(key, message);
  }

  /**
   * The same with what caused it.
   *
   * @param key what kind of failure it is
   * @param message for a user
   * @param cause what caused it
   */
  public DataException(String key, String message, Throwable cause) {
    super(key, message, cause);
  }

  @Override
  public int exitCode() {
    return 5;
  }
}
