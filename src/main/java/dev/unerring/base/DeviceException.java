package dev.unerring.base;

/** A device or a native library cannot be used. Exit code 6. */
public final class DeviceException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /** An error with its explanation. */
  public DeviceException(String message) {
    super(message);
  }

  /** An error with its explanation and what caused it. */
  public DeviceException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 6;
  }
}
