package dev.unerring.backend;

import dev.unerring.base.DeviceException;
import dev.unerring.base.WorkerFailure;
import dev.unerring.ffi.FloatingPointState;
import java.util.concurrent.atomic.AtomicLong;
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
  private volatile Throwable failure;
  private volatile Thread caller;
  private Range task;
  private long items;
  private long least;

  Workers(int count) {
    FloatingPointState.restore("what ran before this backend");
    threads = new Thread[count - 1];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform().daemon().name("unerring-worker-" + (i + 1)).unstarted(this::serve);
    }
    for (Thread thread : threads) {
      thread.start();
    }
  }

  int count() {
    return threads.length + 1;
  }

  /**
   * Runs the task over [0, count) and returns when all of it is done. What the task throws on any
   * thread is thrown here, see {@link WorkerFailure}.
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
    Throwable thrown = failure;
    if (thrown != null) {
      failure = null;
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
    } catch (RuntimeException | Error e) {
      failure = e;
      next.set(items);
    }
  }

  private void serve() {
    try {
      FloatingPointState.restore("what ran before this backend"); // threads inherit it
    } catch (DeviceException e) {
      failure = e;
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
