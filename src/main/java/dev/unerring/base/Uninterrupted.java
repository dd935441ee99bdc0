// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Optional;

/**
 * File operations and waits that an interruption of the thread does not break. A {@code
 * FileChannel} is closed by it; streams, {@code RandomAccessFile} and the methods of {@code Files}
 * are not.
 */
public final class Uninterrupted {
  private Uninterrupted() {}

  /** An operation on files that may be repeated: it opens its own channels. */
  public interface Operation<T> {
    /** Runs it. */
    T run() throws IOException;
  }

  /** A wait of a limited time. */
  public interface Wait<T, E extends Exception> {
    /** Waits; null where the time was up. */
    T run() throws InterruptedException, E;
  }

  /**
   * Waits once, also on a thread that is interrupted already: a loop around it is no busy loop.
   *
   * @return empty where the time was up or an interruption came; the thread stays interrupted
   */
  public static <T, E extends Exception> Optional<T> await(Wait<T, E> wait) throws E {
    boolean interrupted = Thread.interrupted();
    try {
      return Optional.ofNullable(wait.run());
    } catch (InterruptedException e) {
      interrupted = true;
      return Optional.empty();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits some time; see {@link #await}. */
  public static void sleep(long millis) {
    await(() -> {
      Thread.sleep(millis);
      return null;
    });
  }

  /** Runs an operation, again where an interruption broke it; the thread stays interrupted. */
  public static <T> T run(Operation<T> operation) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          return operation.run();
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
