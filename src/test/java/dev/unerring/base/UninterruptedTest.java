// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A wait takes its time on an interrupted thread too, and the thread stays interrupted. */
class UninterruptedTest {
  private static final long MILLIS = 40;
  private static final int TIMES = 5;

  @Test
  void sleepingOnAnInterruptedThreadIsNoBusyLoop() {
    Thread.currentThread().interrupt();
    long start = System.nanoTime();
    for (int i = 0; i < TIMES; i++) {
      Uninterrupted.sleep(MILLIS);
      assertTrue(Thread.currentThread().isInterrupted());
    }
    long passed = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(Thread.interrupted());
    assertTrue(passed >= TIMES * MILLIS, passed + " ms");
  }

  @Test
  void whatIsThereIsTakenByAnInterruptedThread() throws Exception {
    CompletableFuture<String> future = CompletableFuture.completedFuture("here");
    Thread.currentThread().interrupt();
    Optional<String> taken = Uninterrupted.await(() -> future.get(1, TimeUnit.SECONDS));
    assertTrue(Thread.interrupted());
    assertEquals(Optional.of("here"), taken);
  }

  @Test
  void anInterruptionEndsAWaitOnce() {
    Thread waiting = Thread.currentThread();
    Thread.ofVirtual()
        .start(() -> {
          Uninterrupted.sleep(MILLIS);
          waiting.interrupt();
        });
    long start = System.nanoTime();
    Uninterrupted.sleep(TimeUnit.MINUTES.toMillis(5));
    assertTrue(System.nanoTime() - start < TimeUnit.MINUTES.toNanos(4));
    assertTrue(Thread.interrupted());
  }
}
