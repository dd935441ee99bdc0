package dev.unerring.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C asks a run to stop at the next step boundary; the JVM, which is ending from then on, waits
 * until the run has saved what it has and its messages are printed.
 */
final class Interrupt {
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;

  Interrupt() {}

  /** Listens for the end of the JVM. */
  void watch() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::request, "unerring-interrupt"));
  }

  /** Whether the user wants to stop. */
  boolean requested() {
    return requested;
  }

  /** All is saved and said: the JVM may end. */
  void finished() {
    finished.countDown();
  }

  private void request() {
    requested = true;
    try {
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
