// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.UnerringException;

/** A loss or gradient that is infinite or NaN; found before it was written into the weights. */
public final class NonFiniteException extends UnerringException {
  private static final long serialVersionUID = 1L;

  /** Says which step, which tensor and which samples. */
  public NonFiniteException(String message) {
    super("non-finite", message);
  }

  @Override
  public int exitCode() {
    return 3;
  }
}
