// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

/** A second thread used what serves one thread at a time. The first thread's work is unharmed. */
public final class ConcurrentUseException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /** An error with its explanation. */
  public ConcurrentUseException(String message) {
    super(message);
  }
}
