// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import dev.unerring.UnerringException;

/**
 * A C function returned an error. Exit code 6 where the device or the library cannot be used as it
 * is, 1 where the work itself went wrong.
 */
public final class NativeCallException extends UnerringException {
  private static final long serialVersionUID = 1L;

  private final String function;
  private final int status;
  private final String statusName;
  private final String remedy;
  private final int exitCode;

  NativeCallException(
      String function, int status, String statusName, String statusText, Remedy remedy) {
    super(
        "native",
        function
            + " failed: status "
            + status
            + " ("
            + statusName
            + (statusText.equals(statusName) ? "" : ": " + statusText)
            + "); "
            + remedy.text());
    this.function = function;
    this.status = status;
    this.statusName = statusName;
    this.remedy = remedy.text();
    this.exitCode = remedy.exitCode();
  }

  /** The C function. */
  public String function() {
    return function;
  }

  /** What it returned. */
  public int status() {
    return status;
  }

  /** The C name of the status, from the library. */
  public String statusName() {
    return statusName;
  }

  /** What to do. */
  public String remedy() {
    return remedy;
  }

  @Override
  public int exitCode() {
    return exitCode;
  }
}
