// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reasons to stop, their messages and exit codes. */
class WorkMonitorTest {
  @AfterEach
  void clear() {
    Thread.interrupted();
  }

  private static WorkMonitor stopping(EndedBy reason) {
    return new WorkMonitor() {
      @Override
      public Optional<EndedBy> stop() {
        return Optional.ofNullable(reason);
      }
    };
  }

  private static StoppedException at(WorkMonitor monitor) {
    return assertThrows(StoppedException.class, () -> monitor.step("hashing x.npz", 1, 2));
  }

  @Test
  void eachReasonHasItsMessageAndCode() {
    StoppedException user = at(stopping(EndedBy.STOP));
    assertEquals("interrupted while hashing x.npz", user.getMessage());
    assertEquals(130, user.exitCode());
    StoppedException late = at(stopping(EndedBy.TIME));
    assertEquals("the time was up while hashing x.npz", late.getMessage());
    assertEquals(3, late.exitCode());
    assertEquals("stopped (other) while hashing x.npz", at(stopping(EndedBy.OTHER)).getMessage());
    StoppedException more = late.adding("; nothing is written");
    assertEquals("the time was up while hashing x.npz; nothing is written", more.getMessage());
    assertEquals(EndedBy.TIME, more.reason());
  }

  @Test
  void anInterruptedThreadIsAStopAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    assertEquals(EndedBy.STOP, at(stopping(null)).reason());
    assertTrue(Thread.currentThread().isInterrupted());
    WorkMonitor.SILENT.step("what nobody may stop", 1, 2);
    assertEquals(
        EndedBy.TIME, at(stopping(EndedBy.TIME)).reason(), "the monitor's reason comes first");
  }
}
