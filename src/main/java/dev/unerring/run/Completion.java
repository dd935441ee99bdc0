package dev.unerring.run;

import dev.unerring.backend.Backend;
import dev.unerring.base.VerificationException;
import dev.unerring.certify.ClosedWorldValidator;
import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.Correctors;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.LabelAudit;
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

  /** From a network that holds the weights to judge; the result is written into the folder. */
  RunResult run(
      Network network, TrainingResult training, Lineage lineage, Environment environment) {
    if (lineage.isFirst()) {
      write(network); // before all that can fail
    }
    ErrorList found = trainErrors(network);
    ErrorList left = found;
    List<CorrectionResult> corrections = List.of();
    Labels goals =
        lineage.isFirst() ? goals(audit.goalLabels()) : goals(audit.goalLabels(answers(found)));
    Optional<String> stopped = monitor.stop();
    boolean wanted = correctionWanted(found, lineage, network, stopped);
    boolean begun = wanted && stopped.isEmpty();
    if (!begun && !lineage.isFirst()) {
      write(network);
    }
    boolean bestSaved = lineage.isFirst() && trainingSaved(network, training);
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
    Optional<String> stop = wanted ? monitor.stop() : Optional.empty();
    folder.writeSealed("corrections.csv", Tables.corrections(corrections));
    watch.lap("correct");

    network.backend().close(); // the re-check does not need twice the memory
    Recheck recheck = recheck(left.count());
    ErrorList last = recheck.train().errors();
    if (last.count() <= audit.floor()) {
      lineage.requireKept(data, goals, found, last);
    }
    Labels settled = goals(audit.goalLabels(answers(last)));
    Categorizer categorizer = new Categorizer(data.train(), audit);
    boolean search = monitor.stop().isEmpty();
    folder.writeSealed(
        "errors.csv",
        Tables.errors(
            lineage.firstStage(),
            categorizer.categorize(found, search),
            categorizer.categorize(last, search),
            settled,
            data.classes()));
    Metrics bestTest = bestSaved ? bestTest() : null;
    watch.lap("recheck");
    RunResult result =
        new RunStages(
                data,
                audit,
                plan,
                network.parameterCount(),
                training,
                found.count(),
                corrections,
                changed,
                stop,
                recheck,
                bestTest)
            .result(folder.path(), environment.device(), watch.seconds());
    lineage.describe(result.json(), found);
    Regression history = lineage.history(data, settled, found, corrections, last);
    folder.writeSealed(Regression.FILE, history.text());
    result.json().put(RunFolder.SEALED, folder.sealed());
    folder.writeSealed(RunFolder.RESULT, result.json());
    folder.requireComplete();
    return result;
  }

  /** Saves the model, with the calibration of its scores where that can be had. */
  private void write(Network network) {
    folder.writeModel(
        MODEL, network, StoredTensors.view(network), metadata(data, plan, calibration(network)));
  }

  /** Whatever fails here must not lose the model; what is really wrong fails once more later. */
  private Optional<Calibration> calibration(Network network) {
    try {
      LabelledLogits outcome =
          new LabelledLogits(
              data.task(),
              network.classes(),
              Evaluator.logits(network, data.val()),
              Evaluator.labels(data.val()));
      return outcome.isFinite() ? Optional.of(Calibration.fit(outcome)) : Optional.empty();
    } catch (RuntimeException | OutOfMemoryError e) {
      return Optional.empty();
    }
  }

  /** What a model file says beside its network. */
  static Map<String, String> metadata(
      Dataset data, TrainingPlan plan, Optional<Calibration> calibration) {
    return TrainedModel.metadata(data.description(), plan.arithmetic().label(), calibration);
  }

  /** Writes what training leaves beside the model; whether that is a best epoch. */
  private boolean trainingSaved(Network network, TrainingResult training) {
    folder.writeSealed("metrics.csv", Tables.metrics(training.rows()));
    return training.best() != null
        && folder.writeModel(
            BEST, network, training.best(), metadata(data, plan, Optional.empty()));
  }

  /** Bytes on the disk that the records of a run take: errors of a tenth of the decisions. */
  static long recordBytes(Dataset data, TrainingPlan plan) {
    long decisions = (long) data.train().size() * data.train().labelCount();
    return RECORDS + EPOCH * plan.epochs() + decisions / 5 * (ERROR + LOGIT * data.classes());
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

  private ErrorList trainErrors(Network network) {
    float[] logits = Evaluator.logits(network, data.train());
    return ErrorList.of(Labels.given(data.task(), data.train()), logits);
  }

  /** The count that is the result: from the files, on a backend of its own. */
  private Recheck recheck(int claimed) {
    monitor.note(
        "re-check: counting all "
            + (data.train().size() + data.val().size() + data.test().size())
            + " images again, from the saved files");
    try (Backend fresh = device.open()) {
      int batch = Memory.recheckBatch(plan.batchSize());
      Recheck recheck = ClosedWorldValidator.recheck(folder.file(MODEL), data.file(), fresh, batch);
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
      if (counted != claimed) {
        throw new VerificationException(
            "the saved model makes "
                + counted
                + " training errors, the one in memory "
                + claimed
                + "; do not use "
                + folder.file(MODEL));
      }
      return recheck;
    }
  }

  private Metrics bestTest() {
    try (Backend fresh = device.open()) {
      Network best =
          ModelFile.read(folder.file(BEST), fresh, Memory.recheckBatch(plan.batchSize()));
      int[] labels = Evaluator.labels(data.test());
      float[] logits = Evaluator.logits(best, data.test());
      return Metrics.ofLogits(data.task(), logits, data.classes(), labels);
    }
  }
}
