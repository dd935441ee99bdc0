// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import dev.unerring.run.Pipeline;
import dev.unerring.run.RunRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * A training that can be run: the data, the plan, and where to compute. Immutable: each setting
 * returns another training. The result depends on the data and the plan alone.
 */
public final class Training {
  private final Data data;
  private final Plan plan;
  private final Execution execution;

  Training(Data data, Plan plan, Execution execution) {
    this.data = data;
    this.plan = plan;
    this.execution = execution;
  }

  /**
   * With another plan; the default is {@link Plan#standard}.
   *
   * @param other every choice that changes the result, the seed included
   * @return the other training
   */
  public Training plan(Plan other) {
    return new Training(data, other, execution);
  }

  /**
   * With another seed of all random numbers; the default is 0.
   *
   * @param seed from -2^53 to 2^53
   * @return the other training
   */
  public Training seed(long seed) {
    return plan(plan.seed(seed));
  }

  /**
   * With another folder for the results; the default is a new one in the folder {@code runs}.
   *
   * @param folder new or empty
   * @return the other training
   */
  public Training out(Path folder) {
    return new Training(data, plan, execution.out(folder));
  }

  /**
   * With another device; the default is {@link Device#AUTO} with all processors.
   *
   * @param device where to compute
   * @param threads of the processor, 1 to 1024
   * @return the other training
   */
  public Training device(Device device, int threads) {
    return new Training(data, plan, execution.device(device, threads));
  }

  /**
   * With a limit of time: then training and correction stop at the next step, and what is there is
   * kept. The final count follows and takes its own time.
   *
   * @param time above 0
   * @return the other training
   */
  public Training maxTime(Duration time) {
    return new Training(data, plan, execution.maxTime(time));
  }

  /**
   * With a listener.
   *
   * @param listener hears of the run on the thread that carries it out
   * @return the other training
   */
  public Training listener(Listener listener) {
    return new Training(data, plan, execution.listener(listener));
  }

  /**
   * Trains on the calling thread. An interrupt of the thread abandons the run.
   *
   * @return the finished run, whose files are in its folder
   * @throws dev.unerring.UnerringException where data, plan, folder or device cannot be used, or
   *     the run is abandoned
   */
  public Run run() {
    return execution.run(this::run);
  }

  /**
   * Trains on a thread of an executor.
   *
   * @param executor carries the run out
   * @return the run, which can be waited for, stopped and abandoned
   */
  public Job<Run> start(Executor executor) {
    return execution.start(executor, this::run);
  }

  private Run run(Watch watch) {
    Path out = execution.out().orElse(null);
    RunRequest request =
        data.path()
            .map(file -> new RunRequest(file, out, plan.plan(), execution.engine()))
            .orElseGet(() -> new RunRequest(data.complete(), out, plan.plan(), execution.engine()));
    return Run.of(watch.kept(Pipeline.train(request, watch, Watch.CLOCK)));
  }
}
