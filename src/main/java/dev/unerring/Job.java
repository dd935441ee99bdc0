package dev.unerring;

import dev.unerring.base.StoppedException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * A run that an executor carries out. Any thread may use it.
 *
 * @param <T> what the run leaves
 */
public final class Job<T> {
  private final Watch watch;
  private final FutureTask<T> task;

  Job(Watch watch, Function<Watch, T> work, Executor executor) {
    this.watch = watch;
    this.task = new FutureTask<>(() -> work.apply(watch));
    executor.execute(task);
  }

  /**
   * Waits for the result.
   *
   * @return what the run leaves
   * @throws dev.unerring.base.UnerringException as the run itself; also where the waiting thread is
   *     interrupted: the thread stays interrupted, and the run goes on
   */
  public T result() {
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoppedException("interrupted while waiting for a run, which goes on");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw (Error) e.getCause();
    }
  }

  /** {@return whether the run has ended, in one way or another} */
  public boolean done() {
    return task.isDone();
  }

  /**
   * Ends the run after the step that it is at, and keeps what is there: {@link #result} is what the
   * run has reached. Where there is nothing to keep yet, the run fails with the exception of a
   * stop.
   */
  public void stop() {
    watch.requestStop();
  }

  /** Ends the run after the step that it is at, and keeps nothing: its folder is removed. */
  public void abandon() {
    watch.abandon();
  }
}
