package dev.unerring.base;

/** Two things that must be equal are not: a claim does not hold. Exit code 4. */
public final class VerificationException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /** An error with its explanation. */
  public VerificationException(String message) {
    super(message);
  }

  /** An error with its explanation and what caused it. */
  public VerificationException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return 4;
  }
}
