// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** A few threads that do a piece of work at the same time, for loops that bring none. */
final class Team implements AutoCloseable {
  private final int threads;
  private final ExecutorService others;

  Team(int threads) {
    this.threads = threads;
    this.others = Executors.newFixedThreadPool(Math.max(1, threads - 1));
  }

  /** Calls the work with 0 to threads - 1, the last on the calling thread; returns when all end. */
  void run(IntConsumer work) {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < threads - 1; i++) {
      int index = i;
      running.add(others.submit(() -> work.accept(index)));
    }
    work.accept(threads - 1);
    try {
      for (Future<?> one : running) {
        one.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    others.shutdown();
  }
}
