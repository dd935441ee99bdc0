// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DeviceException;
import dev.unerring.StoppedException;
import dev.unerring.UnerringException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.data.Task;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.tensor.Shape;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Audit, train, enumerate, correct, re-check: one call, one run folder. Nothing is written before
 * the data have been read and audited.
 */
public final class Pipeline {
  private final RunFolder.Writer writer;
  private RunRequest request;
  private boolean begun; // the network has weights
  private final Monitor monitor;
  private final Stopwatch watch;

  /**
   * Prepares a run.
   *
   * @param nanos a clock in nanoseconds, for the records only
   */
  public Pipeline(RunRequest request, Monitor monitor, LongSupplier nanos) {
    this(request, monitor, nanos, AtomicFile::write);
  }

  /** The same with files that are written in another way. */
  Pipeline(RunRequest request, Monitor monitor, LongSupplier nanos, RunFolder.Writer writer) {
    this.writer = writer;
    this.request = request;
    this.monitor = monitor;
    this.watch = new Stopwatch(nanos);
  }

  /**
   * Runs all stages.
   *
   * @throws dev.unerring.UnerringException where the data, the plan or the device cannot be used,
   *     or the re-check contradicts the run; StoppedException where a stop came before there was
   *     anything to keep
   */
  public RunResult run() {
    request.device().prepare();
    try (RunLock _ = NewRunFolder.reserve(request, monitor)) {
      return reserved();
    } catch (StoppedException e) {
      throw e.adding("; nothing is written");
    }
  }

  private RunResult reserved() {
    if (request.arrays() == null) {
      return trained(Optional.empty());
    }
    RunFolder folder = NewRunFolder.create(request, writer);
    request = request.stored(folder.file(request.closedWorldFile()));
    try {
      request.arrays().write(request.data());
      return trained(Optional.of(folder));
    } catch (RuntimeException | Error e) {
      if (!Files.exists(folder.file("plan.json"))) { // nothing but the data
        removeData(folder, e);
      }
      throw e;
    }
  }

  private void removeData(RunFolder folder, Throwable reason) {
    try {
      Files.deleteIfExists(request.data());
      if (request.out() == null) {
        Files.deleteIfExists(folder.path());
      }
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private RunResult trained(Optional<RunFolder> own) {
    try (Dataset data = Dataset.open(request.data(), monitor)) {
      if (!data.official()) {
        monitor.note(data.notice());
      }
      request = request.resolved(data);
      LabelAudit audit = new LabelAudit(data, monitor);
      audit.requireTrainable(request.data());
      audit.warnings().forEach(monitor::note);
      watch.lap("audit");
      String architecture = request.plan().architecture();
      Shape image = data.imageShape();
      int batch = Math.min(request.plan().batchSize(), data.train().size());
      try (Backend backend = request.device().openFor(request.plan().arithmetic())) {
        Memory.of(request.plan(), data, 0).requireTraining(batch, backend);
        Network network =
            new Network(
                architecture, image, data.classes(), backend, batch, request.plan().arithmetic());
        return run(data, audit, network, own.orElseGet(() -> NewRunFolder.create(request, writer)));
      }
    }
  }

  private RunResult run(Dataset data, LabelAudit audit, Network network, RunFolder folder) {
    try {
      folder.reserve(diskBytes(data, network));
      return completed(data, audit, network, folder);
    } catch (RuntimeException | Error e) {
      rescue(data, folder, network.exact(), e);
      throw e;
    } finally {
      folder.release();
    }
  }

  /**
   * Saves the weights where training has begun and no model is saved yet: memory that was short may
   * be free again. Other errors of ours say themselves what is left.
   */
  private void rescue(Dataset data, RunFolder folder, Network network, Throwable cause) {
    boolean says = cause instanceof UnerringException && !(cause instanceof DeviceException);
    if (says || !begun) {
      return;
    }
    try {
      Path model = folder.file(Completion.MODEL);
      boolean there = Files.exists(model);
      if (!there) {
        Map<String, String> metadata =
            TrainedModel.metadata(
                data.description(), request.plan().arithmetic().label(), Optional.empty());
        folder.writeModel(Completion.MODEL, network, StoredTensors.view(network), metadata);
      }
      monitor.note(
          model
              + (there ? ": the model is saved" : ": the weights of the last step are saved")
              + ", but not counted");
    } catch (RuntimeException | Error e) {
      cause.addSuppressed(e);
    }
  }

  /**
   * The models (the best epoch's; with a correction the former one and a copy too), the records.
   */
  private long diskBytes(Dataset data, Network network) {
    int models = request.plan().correction().method() == Method.NONE ? 2 : 4;
    return models * ModelFile.bytes(network) + Completion.recordBytes(data, request.plan());
  }

  /** All but the training itself has the bits of the definition. */
  private RunResult completed(Dataset data, LabelAudit audit, Network trained, RunFolder folder) {
    Network network = trained.exact();
    Environment environment = new Environment(request, folder.path(), trained.backend());
    monitor.note(introduction(data, audit, environment));
    environment.slowness().ifPresent(monitor::note);
    String architecture = request.plan().architecture();
    PreprocessedFloor.of(data, audit, architecture).notes(architecture).forEach(monitor::note);
    folder.writeSealed("plan.json", Json.canonical(request.plan().toJson()) + "\n");
    folder.write("environment.json", Json.pretty(environment.toJson()));
    folder.writeSealed("audit.json", Json.pretty(audit.toJson()));

    Initializer.initialize(network, request.plan().seed());
    begun = true;
    Labels goals = Labels.of(data.task(), audit.goalLabels(), data.train().labelCount());
    TrainingResult training =
        new Trainer(request.plan(), data, goals, audit.floor(), monitor).train(trained);
    if (request.plan().baseLine() && training.best() != null) {
      training.best().restore(network);
    }
    watch.lap("train");

    return new Completion(folder, data, audit, request.plan(), request.device(), monitor, watch)
        .run(network, training, Lineage.first(request.closedWorldFile()), environment);
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
        + environment.where()
        + ")";
  }
}
