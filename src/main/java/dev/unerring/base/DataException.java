package dev.unerring.base;

/** A file is missing, unreadable, unwritable or not what it should be. Exit code 5. */
public final class DataException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /** An error with its explanation. */
  public DataException(String message) {
    super(message);
  }

  /** An error with its explanation and what caused it. */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 5;
  }
}
