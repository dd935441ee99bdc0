package dev.unerring.base;

/** The user stopped the work before it had a result. Exit code 130. */
public final class StoppedException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /** What was not finished, and what remains of it. */
  public StoppedException(String message) {
    super(message);
  }

  @Override
  public int exitCode() {
    return 130;
  }
}
