// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

/** A device, a library or the memory cannot be used. Exit code 6. */
public final class DeviceException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure with the key {@code device}.
   *
   * @param message for a user
   */
  public DeviceException(String message) {
    super("device", message);
  }

  /**
   * The same with what caused it.
   *
   * @param message for a user
   * @param cause what caused it
   */
  public DeviceException(String message, Throwable cause) {
    super("device", message, cause);
  }

  /**
   * A failure with a key of its own.
   *
   * @param key what kind of failure it is
   * @param message for a user
   */
  public DeviceException(String key, String message) {
    super(key, message);
  }

  /**
   * The same with what caused it.
   *
   * @param key what kind of failure it is
   * @param message for a user
   * @param cause what caused it
   */
  public DeviceException(String key, String message, Throwable cause) {
    super(key, message, cause);
  }

  @Override
  public int exitCode() {
    return 6;
  }
}
