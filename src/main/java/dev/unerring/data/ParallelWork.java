// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.base.WorkMonitor;
import dev.unerring.base.WorkerFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;

/**
 * Units of work, numbered from 0, spread over threads. What a unit does must not depend on the
 * thread, so that results do not depend on the number of threads.
 *
 * @param stage what the work is called
 * @param count of units
 * @param weight how much work a unit is, at least 1
 */
public record ParallelWork(String stage, int count, IntToLongFunction weight) {
  /** Processors of this machine. */
  public static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  /**
   * Runs all units and waits. The first exception of a unit or of {@code monitor} ends the work and
   * is thrown here.
   *
   * @param worker called once a thread; what it returns runs the units, and may keep memory
   */
  public void run(int threads, WorkMonitor monitor, Supplier<IntConsumer> worker) {
    long total = 0;
    for (int i = 0; i < count; i++) {
      total += weight.applyAsLong(i);
    }
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Meter meter = new Meter(monitor, stage, total);
    Runnable loop =
        () -> {
          try {
            IntConsumer body = worker.get();
            for (int unit = next.getAndIncrement();
                unit < count && failure.get() == null;
                unit = next.getAndIncrement()) {
              body.accept(unit);
              meter.add(weight.applyAsLong(unit));
            }
          } catch (Throwable e) { // passed on by the caller's thread, whatever it is
            failure.compareAndSet(null, e);
          }
        };
    List<Thread> others = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, count); i++) {
      others.add(Thread.ofPlatform().name("unerring-audit-" + i).daemon().start(loop));
    }
    loop.run();
    others.forEach(ParallelWork::join);
    if (failure.get() != null) {
      throw WorkerFailure.passOn(failure.get());
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Adds up what is done. */
  private static final class Meter {
    private final WorkMonitor monitor;
    private final String stage;
    private final long total;
    private long done;

    Meter(WorkMonitor monitor, String stage, long total) {
      this.monitor = monitor;
      this.stage = stage;
      this.total = total;
    }

    synchronized void add(long weight) {
      done += weight;
      monitor.step(stage, done, total);
    }
  }
}
