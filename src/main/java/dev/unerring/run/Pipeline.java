// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DeviceException;
import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.UnerringException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.base.WorkMonitor;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.Correctors;
import dev.unerring.data.Dataset;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.Categorizer;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.errors.Labels;
import dev.unerring.network.Network;
import dev.unerring.network.Patches;
import dev.unerring.network.StoredTensors;
import dev.unerring.report.RunReport;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.Keeper;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * One run, the same for every start: weights, correction, the saved model, the re-check from the
 * files, the report. One way: {@link Start} to {@link Worked} to {@link Counted} to {@link
 * RunResult}.
 */
public final class Pipeline {
  static final String PLAN = "plan.json";
  static final String ENVIRONMENT = "environment.json";
  private static final long RECORDS = 1 << 20;
  private static final long EPOCH = 256;
  private static final long ERROR = 96;
  private static final long LOGIT = 12;

  private final RunRequest request;
  private final TrainingPlan plan;
  private final Dataset data;
  private final LabelAudit audit;
  private final Start start;
  private final Monitor monitor;
  private final Stopwatch watch;
  private RunFolder folder; // once there is a network
  private Keeper keeper;

  /**
   * Prepares a run.
   *
   * @param request with no choice of the plan left open
   * @param data the closed world, open
   */
  Pipeline(
      RunRequest request,
      Dataset data,
      LabelAudit audit,
      Start start,
      Monitor monitor,
      Stopwatch watch) {
    this.request = request;
    this.plan = request.plan();
    this.data = data;
    this.audit = audit;
    this.start = start;
    this.monitor = monitor;
    this.watch = watch;
  }

  /**
   * Trains new weights on a data set and corrects them.
   *
   * @param nanos a clock in nanoseconds, for the records only
   * @throws dev.unerring.UnerringException where the data, the plan or the device cannot be used,
   *     or the re-check contradicts the run; StoppedException where a stop came before there was
   *     anything to keep
   */
  public static RunResult train(RunRequest request, Monitor monitor, LongSupplier nanos) {
    return FreshStart.run(request, monitor, new Stopwatch(nanos), AtomicFile::write);
  }

  /**
   * Corrects a finished run again, with the samples that were found later.
   *
   * @param nanos a clock in nanoseconds, for the records only
   * @return the result, whose folder is there exactly where its goal is reached; empty where all
   *     new samples are in the closed world already and nothing in it is wrong above the floor
   * @throws dev.unerring.UnerringException where run, data, new samples or device cannot be used,
   *     the new samples contradict, or there is nothing to correct; StoppedException where a stop
   *     came before the correction
   */
  public static Optional<RunResult> correct(
      CorrectionRequest request, Monitor monitor, LongSupplier nanos) {
    return new VersionStart(request, monitor, new Stopwatch(nanos)).run();
  }

  /** The run; what a stop left no time to count is said in the result. */
  RunResult run() {
    watch.lap("audit");
    try {
      Worked worked = work();
      return report(worked, Counted.of(worked, request, data, folder, monitor));
    } catch (RuntimeException | Error e) {
      noteModel(e);
      throw e;
    } finally {
      if (folder != null) {
        folder.release();
      }
    }
  }

  /** All that needs the network in memory: the only backend until the re-check. */
  private Worked work() {
    int batch = Math.min(plan.batchSize(), data.train().size());
    try (Backend backend = request.device().openFor(plan.arithmetic())) {
      Memory.of(plan, data, start.memory()).requireTraining(batch, backend);
      Network network =
          new Network(
              plan.architecture(),
              data.imageShape(),
              data.classes(),
              backend,
              batch,
              plan.arithmetic());
      folder = start.folder(data, network);
      Environment environment = new Environment(request, folder.path(), backend);
      describe(environment);
      keeper = start.keeper(folder, watch.clock());
      try {
        Optional<Handover> kept = Handover.kept(keeper);
        TrainingResult training =
            kept.isPresent() ? kept.get().training() : start.weights(network, keeper);
        if (start.lineage().isFirst()) {
          watch.lap("train");
        }
        Network exact = network.exact();
        return corrected(exact, kept.orElseGet(() -> handOver(exact, training)), environment);
      } catch (RuntimeException | Error e) {
        rescue(network.exact(), e);
        throw e;
      }
    }
  }

  private void describe(Environment environment) {
    monitor.note(start.introduction(environment));
    environment.slowness().ifPresent(monitor::note);
    String architecture = plan.architecture();
    PreprocessedFloor.of(data, audit, architecture).notes(architecture).forEach(monitor::note);
    folder.writeSealed(PLAN, Json.canonical(plan.toJson()) + "\n");
    folder.write(ENVIRONMENT, Json.pretty(environment.toJson()));
    folder.writeSealed("audit.json", Json.pretty(audit.toJson()));
  }

  /** Counts the errors. The model of a first version is saved before all that can fail. */
  private Handover handOver(Network network, TrainingResult training) {
    if (start.lineage().isFirst()) {
      write(network);
    }
    boolean bestSaved =
        training.best() != null
            && folder.writeModel(
                RunFolder.BEST, network, training.best(), metadata(Optional.empty()));
    Optional<ErrorList> found = training.last().or(() -> trainErrors(network));
    return new Handover(training, bestSaved, found, StoredTensors.view(network).weightsSha256());
  }

  /** Corrects what is above the floor, and saves the model. */
  private Worked corrected(Network network, Handover handover, Environment environment) {
    boolean first = start.lineage().isFirst();
    TrainingResult training = handover.training();
    folder.writeSealed("metrics.csv", Tables.metrics(training.rows()));
    Optional<ErrorList> found = handover.found();
    Labels goals =
        goals(
            first || found.isEmpty() ? audit.goalLabels() : audit.goalLabels(answers(found.get())));
    Optional<EndedBy> stopped = monitor.stopReason();
    boolean wanted = found.isPresent() && correctionWanted(found.get(), network, stopped);
    List<CorrectionResult> corrections = List.of();
    boolean changed = false;
    if (wanted && stopped.isEmpty()) {
      removePatches(network);
      Keeper correcting = handover.correcting(keeper);
      corrections = Correctors.correct(plan, data.train(), goals, monitor, network, correcting);
      changed = !StoredTensors.view(network).weightsSha256().equals(handover.weightsSha256());
    }
    if (changed || !first) {
      write(network);
    }
    Optional<ErrorList> left = changed ? trainErrors(network) : found;
    Optional<EndedBy> stop =
        wanted || found.isEmpty() ? monitor.stopReason() : Optional.<EndedBy>empty();
    folder.writeSealed("corrections.csv", Tables.corrections(corrections));
    watch.lap("correct");
    return new Worked(
        environment.machine(),
        network.parameterCount(),
        training,
        handover.bestSaved(),
        found,
        goals,
        corrections,
        changed,
        stop,
        left,
        StoredTensors.view(network).weightsSha256(),
        network.patches().size());
  }

  /** Writes the records, result.json last. */
  private RunResult report(Worked worked, Counted counted) {
    Lineage lineage = start.lineage();
    ErrorList none = new ErrorList(data.train().size(), data.train().labelCount(), List.of());
    ErrorList found = worked.found().orElse(none);
    ErrorList last = counted.errors().orElse(found);
    if (worked.found().isPresent() && counted.complete() && last.count() <= audit.floor()) {
      lineage.requireKept(data, worked.goals(), found, last);
    }
    Labels settled = goals(audit.goalLabels(answers(last)));
    Categorizer categorizer = new Categorizer(data, audit);
    WorkMonitor finishing = monitor.finishing();
    folder.writeSealed(
        "errors.csv",
        Tables.errors(
            lineage.firstStage(),
            categorizer.categorize(found, finishing),
            categorizer.categorize(counted.errors().orElse(none), finishing),
            settled,
            data.classes()));
    watch.lap("recheck");
    RunReport report =
        new RunOutcome(data, audit, plan, lineage, worked, counted).report(watch.seconds());
    ErrorHistory history = lineage.history(data, settled, found, worked.corrections(), last);
    folder.writeSealed(ErrorHistory.FILE, history.text());
    Map<String, Object> json = report.toJson();
    json.put(RunFolder.SEALED, folder.sealed());
    folder.writeSealed(RunFolder.RESULT, json);
    folder.requireComplete();
    start.finished(report, keeper);
    return RunResult.of(folder.path(), report, audit);
  }

  /** Bytes on the disk that the records of a run take: errors of a tenth of the decisions. */
  static long recordBytes(Dataset data, TrainingPlan plan) {
    long decisions = (long) data.train().size() * data.train().labelCount();
    return RECORDS + EPOCH * plan.epochs() + decisions / 5 * (ERROR + LOGIT * data.classes());
  }

  /** Saves the model, calibrated on the validation samples where its logits allow that. */
  private void write(Network network) {
    folder.writeModel(
        RunFolder.MODEL, network, StoredTensors.view(network), metadata(calibration(network)));
  }

  /** Empty where a logit is not finite, or a stop leaves no time. */
  private Optional<Calibration> calibration(Network network) {
    try {
      float[] logits = Evaluator.logits(network, data.val(), monitor.finishing());
      LabelledLogits outcome =
          new LabelledLogits(data.task(), network.classes(), logits, Evaluator.labels(data.val()));
      return outcome.isFinite() ? Optional.of(Calibration.fit(outcome)) : Optional.empty();
    } catch (StoppedException e) {
      return Optional.empty();
    }
  }

  private Map<String, String> metadata(Optional<Calibration> calibration) {
    return TrainedModel.metadata(data.description(), plan.arithmetic().label(), calibration);
  }

  private Labels goals(int[] goals) {
    return Labels.of(data.task(), goals, data.train().labelCount());
  }

  private int[] answers(ErrorList errors) {
    return errors.answers(Labels.given(data.task(), data.train()));
  }

  /** Whether correction runs, or would but for a stop; notes why or why not. */
  private boolean correctionWanted(ErrorList found, Network network, Optional<EndedBy> stopped) {
    CorrectionPlan.Method method = plan.correction().method();
    boolean some = found.count() > audit.floor();
    String text = "correction (" + method.label() + "): ";
    if (some && method != CorrectionPlan.Method.NONE) {
      String wrong = found.columns() > 1 ? " training labels wrong" : " training samples wrong";
      monitor.note(
          text
              + found.count()
              + " of "
              + found.decisions()
              + wrong
              + stopped.map(reason -> "; not begun, ended by: " + reason).orElse(""));
      return true;
    }
    if (start.lineage().joined() > 0 && !network.patches().isEmpty()) {
      monitor.note(text + "samples joined");
      return true;
    }
    boolean named = method != CorrectionPlan.Method.NONE && method != CorrectionPlan.Method.AUTO;
    if (!some && named) {
      monitor.note(
          text + "nothing to do, the training errors are at the floor of " + audit.floor());
    }
    return false;
  }

  /** They are made anew, for this closed world. */
  private void removePatches(Network network) {
    if (!network.patches().isEmpty()) {
      monitor.note(
          "the "
              + network.patches().size()
              + " patches of the version before are taken away and made anew where they are needed");
      network.patch(Patches.NONE);
    }
  }

  /** Errors against the given labels; empty where a stop leaves no time to count them. */
  private Optional<ErrorList> trainErrors(Network network) {
    try {
      float[] logits = Evaluator.logits(network, data.train(), monitor.finishing());
      return Optional.of(ErrorList.of(Labels.given(data.task(), data.train()), logits));
    } catch (StoppedException e) {
      return Optional.empty();
    }
  }

  /**
   * Saves the weights of a first version where no model is saved yet: memory that was short may be
   * free again.
   */
  private void rescue(Network network, Throwable cause) {
    if (keepsModel(cause) && !Files.exists(folder.file(RunFolder.MODEL))) {
      try {
        folder.writeModel(
            RunFolder.MODEL, network, StoredTensors.view(network), metadata(Optional.empty()));
      } catch (RuntimeException | Error e) {
        cause.addSuppressed(e);
      }
    }
  }

  private void noteModel(Throwable cause) {
    if (keepsModel(cause) && folder != null && Files.exists(folder.file(RunFolder.MODEL))) {
      monitor.note(folder.file(RunFolder.MODEL) + ": the model is saved, but not counted");
    }
  }

  /** Other errors of ours say themselves what is left; a later version is whole or not there. */
  private boolean keepsModel(Throwable cause) {
    boolean says = cause instanceof UnerringException && !(cause instanceof DeviceException);
    return !says && start.lineage().isFirst();
  }
}
