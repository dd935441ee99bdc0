// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.data.Dataset;
import dev.unerring.data.Task;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.report.RunReport;
import dev.unerring.tensor.Shape;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Keeper;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Trains new weights. Nothing is written before the data have been read and audited.
 *
 * @param request with no choice of the plan left open
 * @param made the folder of the run where it was needed already; empty to make it now
 */
record FreshStart(
    RunRequest request,
    Dataset data,
    LabelAudit audit,
    Optional<RunFolder> made,
    RunFolder.Writer writer,
    Monitor monitor)
    implements Start {

  /** The whole run. */
  static RunResult run(
      RunRequest request, Monitor monitor, Stopwatch watch, RunFolder.Writer writer) {
    request.device().prepare();
    try (RunLock _ = NewRunFolder.reserve(request, monitor)) {
      if (request.keeping().resume() && ResumedRun.begun(request.out())) {
        return ResumedRun.finished(request, monitor)
            .orElseGet(() -> run(request, Optional.empty(), monitor, watch, writer));
      }
      return request.arrays() == null
          ? run(request, Optional.empty(), monitor, watch, writer)
          : runOfArrays(request, monitor, watch, writer);
    } catch (StoppedException e) {
      throw e.adding("; nothing is written");
    }
  }

  /** The folder of the run holds its data. */
  private static RunResult runOfArrays(
      RunRequest request, Monitor monitor, Stopwatch watch, RunFolder.Writer writer) {
    RunFolder folder = NewRunFolder.create(request, writer);
    RunRequest stored = request.stored(folder.file(request.closedWorldFile()));
    try {
      request.arrays().write(stored.data());
      return run(stored, Optional.of(folder), monitor, watch, writer);
    } catch (RuntimeException | Error e) {
      if (!Files.exists(folder.file(Pipeline.PLAN))) { // nothing but the data
        removeData(stored, folder, e);
      }
      throw e;
    }
  }

  private static void removeData(RunRequest stored, RunFolder folder, Throwable reason) {
    try {
      Files.deleteIfExists(stored.data());
      if (stored.out() == null) {
        Files.deleteIfExists(folder.path());
      }
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static RunResult run(
      RunRequest open,
      Optional<RunFolder> made,
      Monitor monitor,
      Stopwatch watch,
      RunFolder.Writer writer) {
    try (Dataset data = Dataset.open(open.data(), monitor)) {
      if (!data.official()) {
        monitor.note(data.notice());
      }
      RunRequest request = open.resolved(data);
      if (request.keeping().resume() && ResumedRun.begun(request.out())) {
        ResumedRun.requireSamePlan(request);
      }
      LabelAudit audit = new LabelAudit(data, monitor);
      audit.requireTrainable(request.data());
      audit.warnings().forEach(monitor::note);
      FreshStart start = new FreshStart(request, data, audit, made, writer, monitor);
      return new Pipeline(request, data, audit, start, monitor, watch).run();
    }
  }

  @Override
  public Lineage lineage() {
    return Lineage.first(request.closedWorldFile());
  }

  @Override
  public long memory() {
    return 0;
  }

  /** The models: with a correction the one before it and a copy too, and the best epoch's. */
  @Override
  public RunFolder folder(Dataset data, Network network) {
    RunFolder folder = made.orElseGet(() -> NewRunFolder.create(request, writer));
    int models = request.plan().correction().method() == Method.NONE ? 2 : 4;
    folder.reserve(models * ModelFile.bytes(network) + Pipeline.recordBytes(data, request.plan()));
    return folder;
  }

  @Override
  public Keeper keeper(RunFolder folder, LongSupplier nanos) {
    String plan = Json.canonical(request.plan().toJson());
    String planSha256 = Sha256.hex(plan.getBytes(StandardCharsets.UTF_8));
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("plan", planSha256);
    identity.put("data", data.contentSha256());
    Checkpoints checkpoints =
        Checkpoints.open(folder.path(), monitor, nanos, request.keeping().every(), identity);
    checkpoints.begin(audit.floor(), data.train().size());
    return checkpoints;
  }

  /** A run that a stop ended goes on later; of others the checkpoints go. */
  @Override
  public void finished(RunReport report, Keeper keeper) {
    if (keeper instanceof Checkpoints checkpoints
        && report.endedBy() != EndedBy.STOP
        && report.endedBy() != EndedBy.TIME) {
      checkpoints.end(report);
    }
  }

  /** All but the training itself has the bits of the definition. */
  @Override
  public TrainingResult weights(Network network, Keeper keeper) {
    TrainingPlan plan = request.plan();
    Initializer.initialize(network.exact(), plan.seed());
    Labels goals = Labels.of(data.task(), audit.goalLabels(), data.train().labelCount());
    TrainingResult training =
        new Trainer(plan, data, goals, audit.floor(), monitor, keeper).train(network);
    if (plan.baseLine() && training.best() != null) {
      training.best().restore(network.exact());
      return training.withoutLast();
    }
    return network.exact() == network ? training : training.withoutLast();
  }

  @Override
  public String introduction(Environment environment) {
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
        + environment.backend().name()
        + " ("
        + environment.where()
        + ")";
  }
}
