// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.StoppedException;
import dev.unerring.VerificationException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.certify.ClosedWorldValidator;
import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.Correctors;
import dev.unerring.data.Dataset;
import dev.unerring.errors.Calibration;
import dev.unerring.errors.Categorizer;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Metrics;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.Patches;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The end of every run, the first and the later ones: enumerate the errors, correct what is above
 * the floor, save, count again from the files, write the records.
 *
 * @param folder where the files go
 * @param data the closed world
 * @param audit of these data
 * @param plan resolved
 * @param device for the backend of the re-check
 * @param monitor told what happens
 * @param watch seconds, for the records
 */
record Completion(
    RunFolder folder,
    Dataset data,
    LabelAudit audit,
    TrainingPlan plan,
    Device device,
    Monitor monitor,
    Stopwatch watch) {
  static final String MODEL = "model.safetensors";
  static final String BEST = "best-validation.safetensors";
  private static final long RECORDS = 1 << 20;
  private static final long EPOCH = 256;
  private static final long ERROR = 96;
  private static final long LOGIT = 12;

  /**
   * From a network that holds the weights to judge; the result is written into the folder. What a
   * stop left without time for a count or the re-check is said in the result.
   */
  RunResult run(
      Network network, TrainingResult training, Lineage lineage, Environment environment) {
    boolean bestSaved = false;
    if (lineage.isFirst()) { // before all that can fail
      write(network);
      bestSaved = trainingSaved(network, training);
    }
    Optional<ErrorList> found = trainErrors(network);
    Labels goals =
        found.isEmpty() || lineage.isFirst()
            ? goals(audit.goalLabels())
            : goals(audit.goalLabels(answers(found.get())));
    Optional<String> stopped = monitor.stopReason();
    boolean wanted = found.isPresent() && correctionWanted(found.get(), lineage, network, stopped);
    boolean begun = wanted && stopped.isEmpty();
    if (!begun && !lineage.isFirst()) {
      write(network);
    }
    Optional<ErrorList> left = found;
    List<CorrectionResult> corrections = List.of();
    boolean changed = false;
    if (begun) {
      String before = StoredTensors.view(network).weightsSha256();
      removePatches(network);
      corrections = Correctors.correct(plan, data.train(), goals, monitor, network);
      changed = !StoredTensors.view(network).weightsSha256().equals(before);
      if (changed || !lineage.isFirst()) {
        write(network);
      }
      left = changed ? trainErrors(network) : found;
    }
    Optional<String> stop =
        wanted || found.isEmpty() ? monitor.stopReason() : Optional.<String>empty();
    folder.writeSealed("corrections.csv", Tables.corrections(corrections));
    watch.lap("correct");

    Counted counted = count(network, left);
    Metrics bestTest = bestSaved && counted.complete() ? bestTest() : null;
    ErrorList last = counted.errors().or(() -> found).orElse(uncounted());
    if (found.isPresent() && counted.complete() && last.count() <= audit.floor()) {
      lineage.requireKept(data, goals, found.get(), last);
    }
    Labels settled = goals(audit.goalLabels(answers(last)));
    Categorizer categorizer = new Categorizer(data, audit);
    WorkMonitor finishing = monitor.finishing();
    folder.writeSealed(
        "errors.csv",
        Tables.errors(
            lineage.firstStage(),
            categorizer.categorize(found.orElse(uncounted()), finishing),
            categorizer.categorize(counted.errors().orElse(uncounted()), finishing),
            settled,
            data.classes()));
    watch.lap("recheck");
    RunResult result =
        new RunStages(
                data,
                audit,
                plan,
                network.parameterCount(),
                training,
                found.map(ErrorList::count),
                corrections,
                changed,
                stop,
                counted,
                bestTest)
            .result(folder.path(), environment.device(), watch.seconds());
    lineage.describe(result.json(), found.map(ErrorList::count));
    Regression history =
        lineage.history(data, settled, found.orElse(uncounted()), corrections, last);
    folder.writeSealed(Regression.FILE, history.text());
    result.json().put(RunFolder.SEALED, folder.sealed());
    folder.writeSealed(RunFolder.RESULT, result.json());
    folder.requireComplete();
    return result;
  }

  /** No error that is known of. */
  private ErrorList uncounted() {
    return new ErrorList(data.train().size(), data.train().labelCount(), List.of());
  }

  /** Writes what training leaves beside the model; whether that is a best epoch. */
  private boolean trainingSaved(Network network, TrainingResult training) {
    folder.writeSealed("metrics.csv", Tables.metrics(training.rows()));
    return training.best() != null
        && folder.writeModel(BEST, network, training.best(), metadata(Optional.empty()));
  }

  /** Bytes on the disk that the records of a run take: errors of a tenth of the decisions. */
  static long recordBytes(Dataset data, TrainingPlan plan) {
    long decisions = (long) data.train().size() * data.train().labelCount();
    return RECORDS + EPOCH * plan.epochs() + decisions / 5 * (ERROR + LOGIT * data.classes());
  }

  /** Saves the model, calibrated on the validation samples where its logits allow that. */
  private void write(Network network) {
    folder.writeModel(MODEL, network, StoredTensors.view(network), metadata(calibration(network)));
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

  /** Whether somebody is to correct; says what a reader may wonder about. */
  private boolean correctionWanted(
      ErrorList found, Lineage lineage, Network network, Optional<String> stopped) {
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
    if (lineage.joined() > 0 && !network.patches().isEmpty()) {
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

  /** The count that is the result, from the saved files, or how far it came. */
  private Counted count(Network network, Optional<ErrorList> left) {
    String weights = StoredTensors.view(network).weightsSha256();
    int patches = network.patches().size();
    network.backend().close(); // the re-check does not need twice the memory
    long images = (long) data.train().size() + data.val().size() + data.test().size();
    Counted.Progress progress = new Counted.Progress(monitor.finishing());
    try {
      progress.check("counting again");
      monitor.note("re-check: counting all " + images + " images again, from the saved files");
      return Counted.again(recheck(left, progress), images);
    } catch (StoppedException e) {
      return Counted.stopped(left, weights, patches, progress.images(), images, e.reason());
    }
  }

  /** From the files, on a backend of its own. */
  private Recheck recheck(Optional<ErrorList> claimed, WorkMonitor progress) {
    try (Backend fresh = device.openFor(plan.arithmetic().ofModel())) {
      int batch = Memory.recheckBatch(plan.batchSize());
      Recheck recheck =
          ClosedWorldValidator.recheck(folder.file(MODEL), data.file(), fresh, batch, progress);
      if (!recheck.dataSha256().equals(data.sha256())) {
        throw new VerificationException(
            data.file()
                + " changed during the run: SHA-256 "
                + recheck.dataSha256()
                + ", at the start "
                + data.sha256()
                + "; run again");
      }
      int counted = recheck.train().errors().count();
      if (claimed.isPresent() && counted != claimed.get().count()) {
        throw new VerificationException(
            "the saved model makes "
                + counted
                + " training errors, the one in memory "
                + claimed.get().count()
                + "; do not use "
                + folder.file(MODEL));
      }
      return recheck;
    }
  }

  /** Null where a stop leaves no time for it. */
  private Metrics bestTest() {
    try (Backend fresh = device.openFor(plan.arithmetic().ofModel())) {
      Network best =
          ModelFile.read(folder.file(BEST), fresh, Memory.recheckBatch(plan.batchSize()));
      int[] labels = Evaluator.labels(data.test());
      float[] logits = Evaluator.logits(best, data.test(), monitor.finishing());
      return Metrics.ofLogits(data.task(), logits, data.classes(), labels);
    } catch (StoppedException e) {
      return null;
    }
  }
}
