package dev.unerring.run;

import dev.unerring.backend.Backend;
import dev.unerring.base.Json;
import dev.unerring.base.VerificationException;
import dev.unerring.certify.ClosedWorldValidator;
import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.Correctors;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.LabelAudit;
import dev.unerring.dataset.Task;
import dev.unerring.errors.Categorizer;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Metrics;
import dev.unerring.network.Initializer;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Audit, train, enumerate, correct, re-check: one call, one run folder. Nothing is written before
 * the data have been read and audited.
 */
public final class Pipeline {
  private static final int EVALUATION_BATCH = 128;
  private static final String MODEL = "model.safetensors";
  private static final String BEST = "best-validation.safetensors";

  private RunRequest request;
  private final Monitor monitor;
  private final Stopwatch watch;

  /**
   * Prepares a run.
   *
   * @param nanos a clock in nanoseconds, for the records only
   */
  public Pipeline(RunRequest request, Monitor monitor, LongSupplier nanos) {
    this.request = request;
    this.monitor = monitor;
    this.watch = new Stopwatch(nanos);
  }

  /**
   * Runs all stages.
   *
   * @throws dev.unerring.base.UnerringException where the data, the plan or the device cannot be
   *     used, or the re-check contradicts the run
   */
  public RunResult run() {
    try (Dataset data = Dataset.open(request.data(), monitor)) {
      if (!data.official()) {
        monitor.note(data.notice());
      }
      request = request.resolved(data.imageShape());
      LabelAudit audit = new LabelAudit(data);
      audit.requireTrainable(request.data());
      audit.warnings().forEach(monitor::note);
      watch.lap("audit");
      String architecture = request.plan().architecture();
      Shape image = data.imageShape();
      int batch = Math.min(request.plan().batchSize(), data.train().size());
      Memory.requireFit(architecture, image, data.classes(), batch, Memory.ofMachine());
      try (Backend backend = request.device().open()) {
        Network network = new Network(architecture, image, data.classes(), backend, batch);
        return run(data, audit, network);
      }
    }
  }

  private RunResult run(Dataset data, LabelAudit audit, Network network) {
    RunFolder folder = RunFolder.create(request);
    Environment environment = new Environment(request, folder.path(), network.backend());
    monitor.note(introduction(data, audit, environment));
    folder.write("plan.json", Json.canonical(request.plan().toJson()) + "\n");
    folder.write("environment.json", Json.pretty(environment.toJson()));
    folder.write("audit.json", Json.pretty(audit.toJson()));

    Initializer.initialize(network, request.plan().seed());
    Labels goals = Labels.of(data.task(), audit.goalLabels(), data.train().labelCount());
    TrainingResult training =
        new Trainer(request.plan(), data, goals, audit.floor(), monitor).train(network);
    folder.write("metrics.csv", Tables.metrics(training.rows()));
    if (training.best() != null) {
      ModelFile.write(folder.file(BEST), network, training.best());
    }
    if (request.plan().baseLine() && training.best() != null) {
      training.best().restore(network);
    }
    watch.lap("train");

    ModelFile.write(folder.file(MODEL), network);
    ErrorList found = trainErrors(network, data);
    ErrorList left = found;
    List<CorrectionResult> corrections = List.of();
    boolean wanted = correctionWanted(found, audit);
    if (wanted) {
      corrections = Correctors.correct(request.plan(), data.train(), goals, monitor, network);
      ModelFile.write(folder.file(MODEL), network);
      left = trainErrors(network, data);
    }
    Optional<String> stop = wanted ? monitor.stop() : Optional.empty();
    folder.write("corrections.csv", Tables.corrections(corrections));
    watch.lap("correct");

    network.backend().close(); // the re-check does not need twice the memory
    Recheck recheck = recheck(folder, data, left.count());
    Categorizer categorizer = new Categorizer(data.train(), audit);
    boolean search = monitor.stop().isEmpty();
    folder.write(
        "errors.csv",
        Tables.errors(
            categorizer.categorize(found, search),
            categorizer.categorize(recheck.train().errors(), search),
            goals,
            data.classes()));
    Metrics bestTest = training.best() == null ? null : bestTest(folder, data);
    watch.lap("recheck");
    RunResult result =
        new RunStages(
                data,
                audit,
                request.plan(),
                network.parameterCount(),
                training,
                found.count(),
                corrections,
                stop,
                recheck,
                bestTest)
            .result(folder.path(), environment.device(), watch.seconds());
    folder.write("result.json", Json.pretty(result.json()));
    return result;
  }

  /** Whether somebody is to correct; says what a reader may wonder about. */
  private boolean correctionWanted(ErrorList found, LabelAudit audit) {
    CorrectionPlan.Method method = request.plan().correction().method();
    boolean some = found.count() > audit.floor();
    if (some && method != CorrectionPlan.Method.NONE) {
      monitor.note(
          "correction ("
              + method.label()
              + "): "
              + found.count()
              + " of "
              + found.decisions()
              + (found.columns() > 1 ? " training labels wrong" : " training samples wrong"));
      return true;
    }
    if (!some && method != CorrectionPlan.Method.NONE && method != CorrectionPlan.Method.AUTO) {
      monitor.note(
          "correction ("
              + method.label()
              + "): nothing to do, the training errors are at the floor of "
              + audit.floor());
    }
    return false;
  }

  private static ErrorList trainErrors(Network network, Dataset data) {
    float[] logits = Evaluator.logits(network, data.train());
    return ErrorList.of(Labels.given(data.task(), data.train()), logits);
  }

  private String introduction(Dataset data, LabelAudit audit, Environment environment) {
    Map<String, Object> device = environment.device();
    Shape image = data.imageShape();
    return data.name()
        + ": "
        + data.train().size()
        + " training, "
        + data.val().size()
        + " validation, "
        + data.test().size()
        + " test images of "
        + (image.d() == 1 ? "" : image.d() + "x")
        + image.h()
        + "x"
        + image.w()
        + "x"
        + image.c()
        + ", "
        + data.classes()
        + (data.task() == Task.MULTI_LABEL ? " labels, floor " : " classes, floor ")
        + audit.floor()
        + "; network "
        + request.plan().architecture()
        + " on "
        + device.get("device")
        + " ("
        + device.get("kernels")
        + ", "
        + device.get("threads")
        + " threads)";
  }

  /** The count that is the result: from the files, on a backend of its own. */
  private Recheck recheck(RunFolder folder, Dataset data, int claimed) {
    monitor.note(
        "re-check: counting all "
            + (data.train().size() + data.val().size() + data.test().size())
            + " images again, from the saved files");
    try (Backend fresh = request.device().open()) {
      Recheck recheck = ClosedWorldValidator.recheck(folder.file(MODEL), request.data(), fresh);
      if (!recheck.dataSha256().equals(data.sha256())) {
        throw new VerificationException(
            request.data()
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

  private Metrics bestTest(RunFolder folder, Dataset data) {
    try (Backend fresh = request.device().open()) {
      Network best = ModelFile.read(folder.file(BEST), fresh, EVALUATION_BATCH);
      int[] labels = Evaluator.labels(data.test());
      float[] logits = Evaluator.logits(best, data.test());
      return Metrics.ofLogits(data.task(), logits, data.classes(), labels);
    }
  }

  /** Seconds of the stages; the clock is for the records and changes no bit. */
  private static final class Stopwatch {
    private final LongSupplier nanos;
    private final long start;
    private final Map<String, Object> seconds = new LinkedHashMap<>();
    private long last;

    Stopwatch(LongSupplier nanos) {
      this.nanos = nanos;
      this.start = nanos.getAsLong();
      this.last = start;
    }

    void lap(String stage) {
      long now = nanos.getAsLong();
      seconds.put(stage, rounded(now - last));
      last = now;
    }

    Map<String, Object> seconds() {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("total", rounded(last - start));
      all.putAll(seconds);
      return all;
    }

    private static double rounded(long elapsed) {
      return Math.rint(elapsed / 1e6) / 1e3;
    }
  }
}
