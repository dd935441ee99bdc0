// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.DeviceException;
import dev.unerring.StoppedException;
import dev.unerring.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A team covers every item exactly once in every round, reports the exception of any range, and
 * goes on working after one.
 */
@Timeout(60)
final class WorkersTest {
  @Test
  void everyItemOnceInManyRounds() {
    for (int count : new int[] {1, 2, 3, 7}) {
      try (Workers workers = new Workers(count)) {
        assertEquals(count, workers.count());
        for (int round = 0; round < 3_000; round++) {
          int items = round % 131;
          AtomicIntegerArray seen = new AtomicIntegerArray(131);
          workers.run(
              items,
              1 + round % 5,
              (begin, end) -> {
                for (long i = begin; i < end; i++) {
                  seen.incrementAndGet((int) i);
                }
              });
          for (int i = 0; i < 131; i++) {
            assertEquals(i < items ? 1 : 0, seen.get(i), count + " threads, round " + round);
          }
        }
      }
    }
  }

  @Test
  void rangesAreNotSmallerThanAsked() {
    try (Workers workers = new Workers(3)) {
      AtomicInteger short_ = new AtomicInteger();
      workers.run(
          1_000,
          90,
          (begin, end) -> {
            if (end - begin < 90 && end != 1_000) {
              short_.incrementAndGet();
            }
          });
      assertEquals(0, short_.get());
    }
  }

  @Test
  void aTeamOfOneRunsOnTheCaller() {
    Thread caller = Thread.currentThread();
    try (Workers workers = new Workers(1)) {
      workers.run(1_000, 1, (begin, end) -> assertSame(caller, Thread.currentThread()));
    }
  }

  @Test
  void exceptionsAreReportedAndTheTeamGoesOn() {
    for (int count : new int[] {1, 2, 4}) {
      try (Workers workers = new Workers(count)) {
        for (int round = 0; round < 200; round++) {
          int bad = round % 100;
          UnsupportedOperationException thrown =
              assertThrows(
                  UnsupportedOperationException.class,
                  () ->
                      workers.run(
                          100,
                          1,
                          (begin, end) -> {
                            if (begin <= bad && bad < end) {
                              throw new UnsupportedOperationException("item " + bad);
                            }
                          }));
          assertEquals("item " + bad, thrown.getMessage());
          AtomicInteger done = new AtomicInteger();
          workers.run(100, 1, (begin, end) -> done.addAndGet((int) (end - begin)));
          assertEquals(100, done.get());
        }
      }
    }
  }

  @Test
  void exceptionsOfOtherThreadsAreReported() {
    Thread caller = Thread.currentThread();
    AtomicInteger elsewhere = new AtomicInteger();
    try (Workers workers = new Workers(2)) {
      for (int round = 0; round < 2_000 && elsewhere.get() == 0; round++) {
        try {
          workers.run(
              64,
              1,
              (begin, end) -> {
                if (Thread.currentThread() != caller) {
                  elsewhere.incrementAndGet();
                  throw new UnsupportedOperationException("on a worker");
                }
                Thread.yield();
              });
          assertEquals(0, elsewhere.get(), "the exception of a worker was lost");
        } catch (UnsupportedOperationException e) {
          assertEquals("on a worker", e.getMessage());
        }
      }
    }
    assertTrue(elsewhere.get() > 0, "no round reached the second thread");
  }

  @Test
  void aClosedTeamRefusesWork() {
    Workers workers = new Workers(3);
    workers.close();
    AtomicInteger ran = new AtomicInteger();
    assertThrows(
        IllegalStateException.class,
        () -> workers.run(100, 1, (begin, end) -> ran.incrementAndGet()));
    assertFalse(ran.get() > 0);
  }

  private static void overflow(int depth) {
    overflow(depth + 1);
  }

  @Test
  void errorsKeepTheirTypeAndTheTeamGoesOn() {
    OutOfMemoryError full = new OutOfMemoryError("a heap that is full");
    DeviceException device = new DeviceException("a device that is gone; use another");
    for (int count : new int[] {1, 2, 4}) {
      try (Workers workers = new Workers(count)) {
        for (int round = 0; round < 20; round++) {
          assertSame(full, assertThrows(Error.class, () -> workers.run(90, 1, thrower(full))));
          assertSame(
              device,
              assertThrows(DeviceException.class, () -> workers.run(90, 1, thrower(device))));
          assertThrows(
              StackOverflowError.class, () -> workers.run(90, 1, (begin, end) -> overflow(0)));
          AtomicInteger done = new AtomicInteger();
          workers.run(100, 1, (begin, end) -> done.addAndGet((int) (end - begin)));
          assertEquals(100, done.get());
        }
      }
    }
  }

  private static Workers.Range thrower(Throwable thrown) {
    return (begin, end) -> {
      if (thrown instanceof Error e) {
        throw e;
      }
      throw (RuntimeException) thrown;
    };
  }

  /** Threads of which the n-th, from 1, does not start. */
  private static final class Limited implements ThreadFactory {
    private final List<Thread> made = new ArrayList<>();
    private final int limit;

    Limited(int limit) {
      this.limit = limit;
    }

    @Override
    public Thread newThread(Runnable work) {
      boolean fails = made.size() + 1 == limit;
      Thread thread =
          new Thread(work) {
            @Override
            public void start() {
              if (fails) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              super.start();
            }
          };
      thread.setDaemon(true);
      made.add(thread);
      return thread;
    }

    void join() throws InterruptedException {
      for (Thread thread : made) {
        thread.join();
        assertFalse(thread.isAlive());
      }
    }
  }

  @Test
  void whereTheSystemGivesNoMoreThreadsNoneIsLeft() throws InterruptedException {
    for (int limit = 1; limit < 8; limit++) {
      Limited threads = new Limited(limit);
      DeviceException refused =
          assertThrows(DeviceException.class, () -> new Workers(8, threads).close());
      assertEquals(
          "the system gave "
              + limit
              + " of 8 threads: there is a limit (ulimit -u, a container's pids) or no memory for"
              + " their stacks; use --threads "
              + limit
              + " or fewer",
          refused.getMessage());
      threads.join();
    }
  }

  @Test
  void theThreadsEndWithTheTeamAndDoNotHoldTheProcess() throws InterruptedException {
    Limited threads = new Limited(0);
    Workers workers = new Workers(4, threads);
    workers.run(64, 1, (begin, end) -> Thread.yield());
    workers.close();
    workers.close();
    threads.join();
    List<Thread> own = new ArrayList<>();
    try (Workers team = new Workers(3)) {
      team.run(
          64,
          1,
          (begin, end) -> {
            synchronized (own) {
              own.add(Thread.currentThread());
            }
          });
      own.remove(Thread.currentThread());
      own.forEach(
          thread -> assertTrue(thread == Thread.currentThread() || thread.isDaemon(), "" + thread));
    }
  }

  @Test
  void anInterruptedCallerStillGetsAllOfItsWork() {
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < 200; round++) {
        Thread.currentThread().interrupt();
        AtomicInteger done = new AtomicInteger();
        workers.run(1_000, 1, (begin, end) -> done.addAndGet((int) (end - begin)));
        assertEquals(1_000, done.get());
        assertTrue(Thread.interrupted(), "the interrupt was lost");
      }
    }
  }

  @Test
  void whatAWorkerThrowsKeepsItsTypeAndShowsTheCaller() {
    List<Throwable> all =
        List.of(
            new UsageException("a"),
            new DataException("b"),
            new DeviceException("c"),
            new StoppedException("d"),
            new OutOfMemoryError("e"));
    Thread caller = Thread.currentThread();
    for (Throwable each : all) {
      try (Workers workers = new Workers(3)) {
        Throwable thrown =
            assertThrows(
                each.getClass(),
                () ->
                    workers.run(
                        1_000,
                        1,
                        (begin, end) -> {
                          if (Thread.currentThread() != caller) {
                            switch (each) {
                              case RuntimeException e -> throw e;
                              default -> throw (Error) each;
                            }
                          }
                          LockSupport.parkNanos(10_000); // so that the others get some
                        }));
        assertSame(each, thrown);
        StackTraceElement[] shown = thrown.getSuppressed()[0].getStackTrace();
        assertTrue(
            Arrays.stream(shown).anyMatch(frame -> frame.getClassName().endsWith("WorkersTest")));
        AtomicInteger seen = new AtomicInteger();
        workers.run(100, 1, (begin, end) -> seen.addAndGet((int) (end - begin)));
        assertEquals(100, seen.get(), "the team goes on");
      }
    }
  }
}
