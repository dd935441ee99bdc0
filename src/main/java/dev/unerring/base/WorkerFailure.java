// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

/** Hands the failure of a worker thread to the thread that waits for it. */
public final class WorkerFailure {
  private WorkerFailure() {}

  /**
   * Throws the failure itself, so that its type is kept. The stack of the calling thread is
   * attached to it as a suppressed exception.
   *
   * @return never; {@code throw WorkerFailure.passOn(e)} tells the compiler so
   */
  public static RuntimeException passOn(Throwable failure) {
    failure.addSuppressed(new IllegalStateException("a worker thread failed; the caller was here"));
    switch (failure) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException("a worker thread failed", failure);
    }
  }
}
