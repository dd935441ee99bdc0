package dev.unerring.run;

import dev.unerring.backend.Backend;
import dev.unerring.base.DataException;
import dev.unerring.base.Json;
import dev.unerring.base.UsageException;
import dev.unerring.dataset.Admission;
import dev.unerring.dataset.Admission.Verdict;
import dev.unerring.dataset.ClosedWorldFile;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.LabelAudit;
import dev.unerring.dataset.NewSamples;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Corrects a finished run again: errors that were found later join its training split, the closed
 * world, and the model is corrected on all of it until no sample of any version is wrong above the
 * floor. Leaves a new run folder, complete or not at all; the old one is only read.
 */
public final class LaterCorrection {
  /** Contradictions that a message names. */
  private static final int NAMED = 20;

  private final CorrectionRequest request;
  private final TrainedRun run;
  private final Monitor monitor;
  private final Stopwatch watch;

  /**
   * Prepares a correction.
   *
   * @param nanos a clock in nanoseconds, for the records only
   */
  public LaterCorrection(CorrectionRequest request, Monitor monitor, LongSupplier nanos) {
    this.request = request;
    this.run = request.run();
    this.monitor = monitor;
    this.watch = new Stopwatch(nanos);
  }

  /**
   * Audits the new samples against the closed world, then corrects.
   *
   * @return the result, whose folder is there exactly where its goal is reached; empty where all
   *     new samples are in the closed world already and nothing in it is wrong above the floor
   * @throws dev.unerring.base.UnerringException where run, data, new samples or device cannot be
   *     used, the new samples contradict, or there is nothing to correct
   */
  public Optional<RunResult> run() {
    TrainingPlan plan = plan();
    requireSameSoftware();
    try (Dataset data = Dataset.open(request.data(), monitor);
        NewSamples added = request.add() == null ? null : NewSamples.open(request.add())) {
      if (!run.isOf(data)) {
        throw new DataException(
            data.file()
                + " is not the data of "
                + run.name()
                + ": its arrays are others (content SHA-256 in result.json); name the file that"
                + " the run was made with");
      }
      Admission admission = added == null ? new Admission(List.of()) : admit(data, added);
      int[] rows =
          admission.of(Verdict.JOINS).stream().mapToInt(s -> s.sample().sampleIndex()).toArray();
      if (rows.length == 0 && run.isAtFloor()) {
        return nothingToDo(added);
      }
      RunFolder folder = RunFolder.staged(target());
      try {
        RunResult result = run(plan, data, added, admission, rows, folder);
        if (result.goalReached()) {
          folder.publish();
        } else {
          folder.discard();
        }
        return Optional.of(result);
      } catch (RuntimeException | Error e) {
        discard(folder, e);
        throw e;
      }
    }
  }

  private static void discard(RunFolder folder, Throwable reason) {
    try {
      folder.discard();
    } catch (DataException e) {
      reason.addSuppressed(e);
    }
  }

  /** The plan of the run with the correction that is asked for. */
  private TrainingPlan plan() {
    TrainingPlan own = run.plan();
    CorrectionPlan budgets = request.budgets() == null ? own.correction() : request.budgets();
    Method method = request.method() == null ? budgets.method() : request.method();
    if (request.method() == Method.NONE) {
      throw new UsageException("--corrector none corrects nothing; leave it out, or name another");
    }
    CorrectionPlan correction = budgets.with(method == Method.NONE ? Method.AUTO : method);
    Map<String, Object> json = new LinkedHashMap<>(own.toJson());
    json.put("correction", correction.toJson());
    return TrainingPlan.fromJson(json, run.name());
  }

  private void requireSameSoftware() {
    if (!run.software().equals(request.software())) {
      throw new DataException(
          run.name()
              + " was made by unerring "
              + run.software()
              + ", this is "
              + request.software()
              + ": a version continues one of the same software, so that the whole line can be"
              + " repeated; correct it with that one, or train again");
    }
    run.regression(); // refuses folders without one, before anything is computed
  }

  private Optional<RunResult> nothingToDo(NewSamples added) {
    if (added == null) {
      throw new UsageException(
          run.name()
              + " is at its floor: there is nothing to correct; name newly found samples with"
              + " --add");
    }
    monitor.note(
        "all "
            + added.split().size()
            + " samples of "
            + added.file()
            + " are in the closed world of "
            + run.name()
            + " already, and right; there is nothing to do");
    return Optional.empty();
  }

  private Admission admit(Dataset data, NewSamples added) {
    added.notice().ifPresent(monitor::note);
    added.requireFit(data);
    int[] goals = new LabelAudit(data).goalLabels();
    Admission admission = Admission.of(data.train(), goals, added.split());
    List<Admission.Sample> contradictions = admission.of(Verdict.CONTRADICTS);
    if (contradictions.isEmpty()) {
      return admission;
    }
    String named =
        contradictions.stream()
            .limit(NAMED)
            .map(each -> each.sample() + " is identical to " + each.twin())
            .collect(Collectors.joining("; "));
    int more = contradictions.size() - NAMED;
    String all =
        added.file()
            + " contradicts the closed world ("
            + data.file()
            + ") or itself: "
            + named
            + (more > 0 ? "; and " + more + " more" : "");
    if (!request.skipContradictions()) {
      throw new DataException(
          all
              + "; nothing is learned: settle which label is right, or leave these samples out with"
              + " --skip-contradictions");
    }
    monitor.note("left out: " + all);
    return admission;
  }

  /** Where the new version goes: what was asked for, else the next free one beside the run. */
  private Path target() {
    return request.out() != null
        ? request.out()
        : RunFolder.nextVersion(run.folder().path(), run.version());
  }

  private RunResult run(
      TrainingPlan plan,
      Dataset old,
      NewSamples added,
      Admission admission,
      int[] rows,
      RunFolder folder) {
    String file = rows.length > 0 || run.ownsData() ? ClosedWorldFile.name(old) : "";
    if (!file.isEmpty()) {
      ClosedWorldFile.write(folder.file(file), old, added == null ? null : added.split(), rows);
    }
    int known = admission.of(Verdict.KNOWN).size();
    int earlier = old.train().size();
    Lineage lineage = Lineage.after(run, earlier, rows.length, known, file);
    if (added != null) {
      folder.write("added.csv", Tables.added(admission, earlier));
    }
    Path world = file.isEmpty() ? old.file() : folder.file(file);
    try (Dataset data = Dataset.open(world, monitor)) {
      LabelAudit audit = new LabelAudit(data);
      audit.warnings().forEach(monitor::note);
      watch.lap("audit");
      int batch = Math.min(plan.batchSize(), data.train().size());
      try (Backend backend = request.device().openFor(plan.arithmetic())) {
        long available = Memory.available(backend);
        Memory.requireFit(plan.architecture(), data.imageShape(), data.classes(), batch, available);
        Network network =
            new Network(plan.architecture(), data.imageShape(), data.classes(), backend, batch);
        StoredTensors.of(run.network(backend, 1)).restore(network);
        Path recorded = file.isEmpty() ? old.file() : folder.path().resolve(file);
        Environment environment =
            new Environment(
                new RunRequest(recorded, folder.path(), plan, request.device(), request.software()),
                folder.path(),
                backend);
        monitor.note(introduction(data, audit, lineage));
        folder.write("plan.json", Json.canonical(plan.toJson()) + "\n");
        folder.write("environment.json", Json.pretty(environment.toJson()));
        folder.write("audit.json", Json.pretty(audit.toJson()));
        folder.write("metrics.csv", Tables.metrics(List.of()));
        TrainingResult none = new TrainingResult(List.of(), 0, -1, 0, null, "floor");
        return new Completion(folder, data, audit, plan, request.device(), monitor, watch)
            .run(network, none, lineage, environment);
      }
    }
  }

  private String introduction(Dataset data, LabelAudit audit, Lineage lineage) {
    return "version "
        + lineage.version()
        + " of "
        + run.name()
        + ": "
        + lineage.joined()
        + " new samples join "
        + lineage.earlierSamples()
        + (lineage.known() > 0 ? ", " + lineage.known() + " are there already" : "")
        + "; "
        + data.train().size()
        + " training samples, floor "
        + audit.floor();
  }
}
