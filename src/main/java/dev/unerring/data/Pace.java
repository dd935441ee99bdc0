// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.WorkMonitor;

/**
 * Reports work on images about once a mebibyte of them, so that a stop is seen in time and the
 * asking costs nothing.
 *
 * @param work name of the work
 * @param total images of all of it
 * @param every images between two reports
 */
public record Pace(WorkMonitor monitor, String work, long total, long every) {
  private static final long BYTES = 1 << 20;

  /** For images of this size. */
  public static Pace of(WorkMonitor monitor, String work, long total, int imageBytes) {
    return new Pace(monitor, work, total, Math.max(1, BYTES / imageBytes));
  }

  /** StoppedException when the monitor stops; {@code done} goes up one by one, from 1. */
  public void done(long done) {
    if (done % every == 0 || done == total) {
      monitor.step(work, done, total);
    }
  }
}
