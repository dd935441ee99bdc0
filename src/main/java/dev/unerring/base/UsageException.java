package dev.unerring.base;

/** The command or its options are wrong. Exit code 2. */
public final class UsageException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /** An error with its explanation. */
  public UsageException(String message) {
    super(message);
  }

  /** An error with its explanation and what caused it. */
  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 2;
  }
}
