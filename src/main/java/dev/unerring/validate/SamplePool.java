// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.base.WorkMonitor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** Works on samples with a worker a thread; the calling thread takes part and reports progress. */
final class SamplePool {
  private final int[] samples;
  private final long total;
  private final WorkMonitor monitor;
  private final String work;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong done = new AtomicLong();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  /**
   * Work that is left.
   *
   * @param samples in the order in which they are begun
   * @param units of a sample
   */
  SamplePool(int[] samples, long units, WorkMonitor monitor, String work) {
    this.samples = samples;
    this.total = samples.length * units;
    this.monitor = monitor;
    this.work = work;
  }

  /** What a thread does with a sample. */
  interface Task extends AutoCloseable {
    /** Finishes a sample. */
    void finish(int sample, LongConsumer tick);

    @Override
    void close();
  }

  /**
   * Finishes all samples.
   *
   * @param tasks opens the task of a thread, on that thread
   * @throws dev.unerring.StoppedException when the monitor stops; finished samples stay finished
   */
  void run(int threads, Supplier<Task> tasks) {
    List<Thread> helpers = new ArrayList<>();
    for (int i = 1; i < Math.min(threads, samples.length); i++) {
      Runnable helper = () -> work(tasks, this::count);
      helpers.add(Thread.ofPlatform().daemon().name("unerring-validate-" + i).start(helper));
    }
    work(tasks, this::report);
    join(helpers);
    if (failure.get() instanceof Error e) {
      throw e;
    }
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    }
  }

  private void work(Supplier<Task> tasks, LongConsumer tick) {
    try (Task task = tasks.get()) {
      for (int i = next.getAndIncrement(); i < samples.length; i = next.getAndIncrement()) {
        task.finish(samples[i], tick);
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      next.set(samples.length);
    }
  }

  private void count(long units) {
    done.addAndGet(units);
    checkOthers();
    monitor.check(work);
  }

  private void report(long units) {
    long now = done.addAndGet(units);
    checkOthers();
    monitor.step(work, Math.min(now, total), total);
  }

  /** Where one thread failed, the others do not finish their samples. */
  private void checkOthers() {
    if (failure.get() != null) {
      throw new IllegalStateException("another thread failed", failure.get());
    }
  }

  private static void join(List<Thread> helpers) {
    boolean interrupted = false;
    for (Thread helper : helpers) {
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
