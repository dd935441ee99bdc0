package dev.unerring.base;

/**
 * An error that is explained to the user: what failed, with the values, and what to do next. Every
 * subclass has one exit code of the command line.
 */
public abstract class UnerringException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** An error with its explanation. */
  protected UnerringException(String message) {
    super(message);
  }

  /** An error with its explanation and what caused it. */
  protected UnerringException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The exit code of the command line for this error. */
  public abstract int exitCode();
}
