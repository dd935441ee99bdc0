// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.DeviceException;
import dev.unerring.base.WorkerFailure;
import dev.unerring.ffi.FloatingPointState;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of threads that shares out ranges of independent work. Which thread takes which
 * range changes no bit. The calling thread works too, so a team of one starts no thread.
 */
final class Workers implements AutoCloseable {
  /**
   * A range is this part of a thread's even share of the items that are left: long ranges first,
   * which cost little, short ones last, so that the threads end together.
   */
  private static final int PARTS = 2;

  /** Floats of a cache line: longer ranges are whole lines. */
  private static final int LINE = 16;

  /** Turns of a busy wait (some 10 microseconds) before a thread sleeps. */
  private static final int SPIN = 400;

  private static final String BEFORE = "what ran before this backend";

  /** Work on the items [begin, end). */
  @FunctionalInterface
  interface Range {
    void run(long begin, long end);
  }

  private final Thread[] threads;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong working = new AtomicLong();
  private volatile long round;
  private volatile boolean closed;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile DeviceException unusable;
  private volatile Thread caller;
  private Range task;
  private long items;
  private long least;

  /** A team on daemon threads. */
  Workers(int count) {
    this(count, Thread.ofPlatform().daemon().name("unerring-worker-", 1).factory());
  }

  /**
   * Starts the threads.
   *
   * @param count at least 1, the calling thread included
   * @throws DeviceException where the system gives no more threads; those that ran have ended then
   */
  Workers(int count, ThreadFactory factory) {
    FloatingPointState.restore(BEFORE);
    threads = new Thread[count - 1];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = factory.newThread(this::serve);
    }
    int started = 0;
    try {
      for (; started < threads.length; started++) {
        threads[started].start();
      }
    } catch (OutOfMemoryError e) {
      close();
      throw new DeviceException(
          "the system gave "
              + (started + 1)
              + " of "
              + count
              + " threads: there is a limit (ulimit -u, a container's pids) or no memory for their"
              + " stacks; use --threads "
              + (started + 1)
              + " or fewer",
          e);
    }
  }

  int count() {
    return threads.length + 1;
  }

  /**
   * Runs the task over [0, count) and returns when all of it is done.
   *
   * <p>What a range throws ends the round and is thrown here, the first of several, see {@link
   * WorkerFailure}; the team can be used again.
   *
   * @param smallest fewest items worth a range of their own
   */
  void run(long count, long smallest, Range range) {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
    if (count <= smallest || threads.length == 0) {
      if (count > 0) {
        range.run(0, count);
      }
      return;
    }
    task = range;
    items = count;
    least = Math.max(1, smallest);
    next.set(0);
    working.set(threads.length);
    caller = Thread.currentThread();
    round++;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    take();
    for (int spin = 0; working.get() > 0; spin++) {
      pause(spin);
    }
    task = null;
    if (unusable != null) {
      throw unusable;
    }
    Throwable thrown = failure.getAndSet(null);
    if (thrown != null) {
      throw WorkerFailure.passOn(thrown);
    }
  }

  private void take() {
    try {
      for (long begin = next.get(); begin < items; begin = next.get()) {
        long size = Math.max(least, (items - begin) / (PARTS * count()));
        long end = Math.min(items, begin + (size < LINE ? size : Math.ceilDiv(size, LINE) * LINE));
        if (next.compareAndSet(begin, end)) {
          task.run(begin, end);
        }
      }
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
      next.set(items);
    }
  }

  private void serve() {
    try {
      FloatingPointState.restore(BEFORE); // threads inherit it
    } catch (DeviceException e) {
      unusable = e;
    }
    long served = 0;
    while (true) {
      for (int spin = 0; round == served && !closed; spin++) {
        pause(spin);
      }
      if (closed) {
        return;
      }
      served = round;
      take();
      if (working.decrementAndGet() == 0) {
        LockSupport.unpark(caller);
      }
    }
  }

  private static void pause(int spin) {
    if (spin < SPIN) {
      Thread.onSpinWait();
    } else {
      LockSupport.park();
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
