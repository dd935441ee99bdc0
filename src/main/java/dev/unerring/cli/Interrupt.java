// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.ffi.Posix;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Ctrl-C asks a run to stop at the next step boundary; the JVM, which is ending from then on, waits
 * until the run has saved what it has and its messages are printed. A second Ctrl-C ends it at
 * once.
 */
final class Interrupt {
  /** Programs such as {@code timeout} send a signal twice within this time and mean it once. */
  private static final long SAME_SIGNAL_MILLIS = 200;

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;

  Interrupt() {}

  /**
   * Listens for the end of the JVM.
   *
   * @param notice told that the run is stopping, where that takes a while
   */
  void watch(Consumer<String> notice) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> request(notice), "unerring-interrupt"));
  }

  /** Whether the user wants to stop. */
  boolean requested() {
    return requested;
  }

  /** All is saved and said: the JVM may end. */
  void finished() {
    finished.countDown();
  }

  private void request(Consumer<String> notice) {
    requested = true;
    try {
      if (!finished.await(SAME_SIGNAL_MILLIS, TimeUnit.MILLISECONDS)) {
        announce(notice);
      }
      finished.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From a shutdown hook on, the JVM itself ignores further signals. */
  private static void announce(Consumer<String> notice) {
    try {
      boolean reset = Posix.resetSignals();
      notice.accept(
          "unerring: stopping at the next step" + (reset ? "; Ctrl-C again ends at once" : ""));
    } catch (RuntimeException | Error e) {
      return; // saving goes on, whatever becomes of the message
    }
  }
}
