// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * File operations that an interruption of the thread does not break. A {@code FileChannel} is
 * closed by it; streams, {@code RandomAccessFile} and the methods of {@code Files} are not.
 */
public final class Uninterrupted {
  private Uninterrupted() {}

  /** An operation on files that may be repeated: it opens its own channels. */
  public interface Operation<T> {
    /** Runs it. */
    T run() throws IOException;
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
