// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.StoppedException;
import dev.unerring.UsageException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.base.EngineVersion;
import dev.unerring.base.IoReason;
import dev.unerring.data.ClosedWorldFile;
import dev.unerring.data.Dataset;
import dev.unerring.data.NewSamples;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Keeper;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Begins with the weights of a finished run: errors that were found later join its training split,
 * the closed world, and the model is corrected on all of it until no sample of any version is wrong
 * above the floor. Leaves a new run folder, complete or not at all; the old one is only read.
 */
final class VersionStart {
  private final CorrectionRequest request;
  private final TrainedRun run;
  private final Monitor monitor;
  private final Stopwatch watch;

  VersionStart(CorrectionRequest request, Monitor monitor, Stopwatch watch) {
    this.request = request;
    this.run = request.run();
    this.monitor = monitor;
    this.watch = watch;
  }

  /** The whole run; see {@link Pipeline#correct}. */
  Optional<RunResult> run() {
    requireUsable();
    try (RunLock _ = RunLock.beside(target(), monitor)) {
      return locked();
    } catch (StoppedException e) {
      throw e.adding("; nothing is written and " + run.name() + " is as it was");
    }
  }

  private Optional<RunResult> locked() {
    try (Dataset opened = Dataset.open(request.data(), monitor);
        NewSamples given = request.add() == null ? null : added()) {
      Dataset data = run.isOf(opened) ? run.matched(opened, monitor) : opened;
      if (!run.isOf(data)) {
        throw new DataException(
            opened.file()
                + " is not the data of "
                + run.name()
                + ": its arrays are others (content SHA-256 in result.json); name the file that"
                + " the run was made with");
      }
      NewSamples added = given == null ? null : matched(given, data);
      LabelAudit audit = new LabelAudit(data, monitor);
      Labels labels = Labels.given(data.task(), data.train());
      ErrorList found = counted(data, labels);
      boolean atFloor = found.count() <= audit.floor();
      if (atFloor) {
        requireAdded();
      }
      int[] goals = audit.goalLabels(found.answers(labels));
      NewSampleAudit fresh =
          NewSampleAudit.of(data, goals, added, request.skipContradictions(), monitor);
      int[] rows = fresh.joining();
      if (rows.length == 0 && atFloor) {
        fresh.nothingToDo();
        return Optional.empty();
      }
      TrainingPlan plan = plan(data, rows.length);
      RunFolder folder = NewRunFolder.staged(target());
      try {
        RunResult result = joined(plan, data, fresh, rows, folder);
        if (result.goalReached()) {
          folder.publish();
        } else {
          folder.discard();
        }
        return Optional.of(result);
      } catch (RuntimeException | Error e) {
        folder.discard(e);
        throw e;
      } finally {
        folder.release();
      }
    }
  }

  private NewSamples added() {
    Path folder = target().toAbsolutePath().normalize();
    while (!Files.isDirectory(folder)) {
      folder = folder.getParent();
    }
    return request.add().open(run.trained(Optional.empty()), folder, monitor);
  }

  private NewSamples matched(NewSamples given, Dataset data) {
    List<String> notes = new ArrayList<>();
    NewSamples matched =
        given.matched(
            data.imageShape(), data.train().labelCount(), run.description(), run.name(), notes);
    given.notice().ifPresent(monitor::note);
    notes.forEach(monitor::note);
    return matched;
  }

  /** What can be refused before anything is read at length. */
  private void requireUsable() {
    if (request.correction().method() == Method.NONE) {
      throw new UsageException(
          "the corrector none corrects nothing; name focus, tunneling, patch or auto");
    }
    if (!run.software().equals(EngineVersion.number())) {
      throw new DataException(
          "software",
          run.name()
              + " was made by unerring "
              + run.software()
              + ", this is "
              + EngineVersion.number()
              + ": a version continues one of the same software, so that the whole line can be"
              + " repeated; correct it with that one, or train again");
    }
    run.folder().requireSealed();
    requireTarget();
  }

  private void requireTarget() {
    if (real(target()).startsWith(real(run.folder().path()))) {
      throw new UsageException(
          "--out "
              + target()
              + " lies in the folder of the run, which is left alone; name another");
    }
    try {
      NewRunFolder.requireFree(target());
    } catch (IOException e) {
      throw new DataException("cannot read " + target() + ": " + IoReason.of(e), e);
    }
  }

  /** The path without links, as far as it exists. */
  private static Path real(Path path) {
    Path all = path.toAbsolutePath().normalize();
    Path there = all;
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return there.toRealPath().resolve(there.relativize(all));
    } catch (IOException e) {
      throw new DataException("cannot read " + there + ": " + IoReason.of(e), e);
    }
  }

  /** The plan of the run with the correction that is asked for. */
  private TrainingPlan plan(Dataset data, int joined) {
    TrainingPlan own = run.plan();
    if (request.correction().method() == Method.DENG_2023) {
      requirePublished(own, data, joined);
    }
    return own.with(request.correction());
  }

  /** The published rules take all samples in one step, also those that join. */
  private void requirePublished(TrainingPlan own, Dataset data, int joined) {
    int samples = Math.addExact(data.train().size(), joined);
    if (own.correction().method() != Method.DENG_2023) {
      throw new UsageException(
          "the corrector deng-2023 goes on with runs of 'unerring train --preset deng-2023' only; "
              + run.name()
              + " is none: name focus, tunneling, patch or auto");
    }
    if (own.batchSize() < samples) {
      throw new UsageException(
          "deng-2023 takes all "
              + samples
              + " training samples in one step, the batch of "
              + run.name()
              + " holds "
              + own.batchSize()
              + "; name another --corrector");
    }
  }

  /** Training errors of the run's model on its own data, which are what its result says. */
  private ErrorList counted(Dataset data, Labels given) {
    try (Backend backend = request.device().open()) {
      Network network = run.network(backend, Memory.EVALUATION_BATCH);
      float[] logits = Evaluator.logits(network, data.train(), monitor);
      ErrorList found = ErrorList.of(given, logits);
      run.requireErrors(found.count());
      return found;
    }
  }

  private void requireAdded() {
    if (request.add() == null) {
      throw new UsageException(
          "nothing-to-correct",
          run.name()
              + " is at its floor: there is nothing to correct; name newly found samples with"
              + " --add");
    }
  }

  /** Where the new version goes: what was asked for, else the next free one beside the run. */
  private Path target() {
    return request.out() != null
        ? request.out()
        : NewRunFolder.nextVersion(run.folder().path(), run.report().line().version());
  }

  /** Writes the closed world with the samples that join, and corrects on it. */
  private RunResult joined(
      TrainingPlan plan, Dataset old, NewSampleAudit fresh, int[] rows, RunFolder folder) {
    NewSamples added = fresh.added();
    String file = rows.length > 0 || run.ownsData() ? ClosedWorldFile.name(old) : "";
    long worldBytes = file.isEmpty() ? 0 : ClosedWorldFile.bytes(old, rows.length);
    folder.reserve(worldBytes + modelBytes() + Pipeline.recordBytes(old, plan));
    if (!file.isEmpty()) {
      folder.give(worldBytes);
      ClosedWorldFile.write(
          folder.file(file), old, added == null ? null : added.split(), rows, monitor);
    }
    int earlier = old.train().size();
    if (added != null) {
      folder.writeSealed("added.csv", Tables.added(fresh.admission(), earlier));
    }
    Path world = file.isEmpty() ? old.file() : folder.file(file);
    try (Dataset data = Dataset.open(world, monitor)) {
      LabelAudit audit = new LabelAudit(data, monitor);
      audit.warnings().forEach(monitor::note);
      fresh.noteSeen(audit, earlier);
      Path recorded = file.isEmpty() ? old.file() : folder.path().resolve(file);
      RunRequest own = new RunRequest(recorded, folder.path(), plan, request.device());
      Lineage lineage = Lineage.after(run, earlier, rows.length, fresh.known(), file);
      long others = Memory.bytes(old) + (added == null ? 0 : added.split().images().byteSize());
      Version start = new Version(run, lineage, folder, others, data, audit);
      return new Pipeline(own, data, audit, start, monitor, watch).run();
    }
  }

  private long modelBytes() {
    try {
      return Files.size(run.model());
    } catch (IOException e) {
      throw new DataException("cannot read " + run.model() + ": " + IoReason.of(e), e);
    }
  }

  /** The version to go on from, with the closed world of the next one. */
  private record Version(
      TrainedRun run,
      Lineage lineage,
      RunFolder folder,
      long memory,
      Dataset data,
      LabelAudit audit)
      implements Start {
    @Override
    public RunFolder folder(Dataset world, Network network) {
      return folder;
    }

    @Override
    public TrainingResult weights(Network network, Keeper keeper) {
      StoredTensors.view(run.network(network.exact().backend(), 1)).restore(network.exact());
      return TrainingResult.NONE;
    }

    @Override
    public String introduction(Environment environment) {
      return "version "
          + lineage.version()
          + " of "
          + run.name()
          + ": "
          + lineage.joined()
          + (lineage.joined() == 1 ? " new sample joins " : " new samples join ")
          + lineage.earlierSamples()
          + (lineage.known() > 0 ? ", " + lineage.known() + " more already there or twice" : "")
          + "; "
          + data.train().size()
          + " training samples, floor "
          + audit.floor();
    }
  }
}
