// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import dev.unerring.run.CorrectionRequest;
import dev.unerring.run.Pipeline;
import dev.unerring.run.TrainedRun;
import dev.unerring.train.CorrectionPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * A correction of a finished run that can be run: it leaves a run folder of its own, complete or
 * not at all. Immutable: each setting returns another correction.
 */
public final class Correction {
  private final Path run;
  private final Optional<Data> added;
  private final Optional<Path> data;
  private final Optional<Corrector> corrector;
  private final boolean skipContradictions;
  private final Execution execution;

  Correction(Path run, Execution execution) {
    this(run, Optional.empty(), Optional.empty(), Optional.empty(), false, execution);
  }

  private Correction(
      Path run,
      Optional<Data> added,
      Optional<Path> data,
      Optional<Corrector> corrector,
      boolean skipContradictions,
      Execution execution) {
    this.run = run;
    this.added = added;
    this.data = data;
    this.corrector = corrector;
    this.skipContradictions = skipContradictions;
    this.execution = execution;
  }

  Correction added(Data samples) {
    return new Correction(
        run, Optional.of(samples), data, corrector, skipContradictions, execution);
  }

  /**
   * With another place of the run's data; the default is where the run found them.
   *
   * @param file the same data
   * @return the other correction
   */
  public Correction data(Path file) {
    return new Correction(run, added, Optional.of(file), corrector, skipContradictions, execution);
  }

  /**
   * With another corrector; the default is that of the run, {@link Corrector#AUTO} where it had
   * none.
   *
   * @param other what corrects
   * @return the other correction
   */
  public Correction corrector(Corrector other) {
    return new Correction(run, added, data, Optional.of(other), skipContradictions, execution);
  }

  /**
   * Leaves out new samples that are identical to others but have another label. Without this they
   * are named in an exception, and nothing is learned.
   *
   * @return the other correction
   */
  public Correction skipContradictions() {
    return new Correction(run, added, data, corrector, true, execution);
  }

  /**
   * With another folder for the new version; the default is the next free name beside the run:
   * NAME-v2, NAME-v3, ...
   *
   * @param folder new or empty
   * @return the other correction
   */
  public Correction out(Path folder) {
    return with(execution.out(folder));
  }

  /**
   * With another device; the default is {@link Device#AUTO} with all processors.
   *
   * @param device where to compute
   * @param threads of the processor, 1 to 1024
   * @return the other correction
   */
  public Correction device(Device device, int threads) {
    return with(execution.device(device, threads));
  }

  /**
   * With a limit of time, after which the correction gives up at the next step.
   *
   * @param time above 0
   * @return the other correction
   */
  public Correction maxTime(Duration time) {
    return with(execution.maxTime(time));
  }

  /**
   * With a listener.
   *
   * @param listener hears of the run on the thread that carries it out
   * @return the other correction
   */
  public Correction listener(Listener listener) {
    return with(execution.listener(listener));
  }

  private Correction with(Execution other) {
    return new Correction(run, added, data, corrector, skipContradictions, other);
  }

  /**
   * Corrects on the calling thread. An interrupt of the thread abandons the correction.
   *
   * @return the new version, whose folder is there exactly where {@link Run#goalReached}; empty
   *     where all new samples are known and right already
   * @throws dev.unerring.UnerringException where run, data, new samples or device cannot be used,
   *     the new samples contradict, there is nothing to correct, or the correction is abandoned
   */
  public Optional<Run> run() {
    return execution.run(this::run);
  }

  /**
   * Corrects on a thread of an executor.
   *
   * @param executor carries the correction out
   * @return the correction, which can be waited for, stopped and abandoned
   */
  public Job<Optional<Run>> start(Executor executor) {
    return execution.start(executor, this::run);
  }

  private Optional<Run> run(Watch watch) {
    TrainedRun trained = TrainedRun.open(run);
    dev.unerring.run.Device device = execution.engine();
    CorrectionPlan own = trained.correction();
    CorrectionRequest request =
        new CorrectionRequest(
            trained,
            data.orElseGet(trained::recordedData),
            added.map(each -> each.added(device.threads())).orElse(null),
            skipContradictions,
            execution.out().orElse(null),
            corrector.map(other -> own.with(method(other))).orElse(own),
            device);
    return Pipeline.correct(request, watch, Watch.CLOCK).map(watch::kept).map(Run::of);
  }

  static CorrectionPlan.Method method(Corrector corrector) {
    String label = corrector.name().toLowerCase(Locale.ROOT);
    return CorrectionPlan.Method.parse(label, "the corrector");
  }
}
