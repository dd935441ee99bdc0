// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.StoppedException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.data.Dataset;
import dev.unerring.data.Task;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;

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

  /** All but the training itself has the bits of the definition. */
  @Override
  public TrainingResult weights(Network network) {
    TrainingPlan plan = request.plan();
    Initializer.initialize(network.exact(), plan.seed());
    Labels goals = Labels.of(data.task(), audit.goalLabels(), data.train().labelCount());
    TrainingResult training = new Trainer(plan, data, goals, audit.floor(), monitor).train(network);
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
