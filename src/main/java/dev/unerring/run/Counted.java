// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.EndedBy;
import dev.unerring.StoppedException;
import dev.unerring.VerificationException;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.certify.ClosedWorldValidator;
import dev.unerring.certify.Recheck;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Metrics;
import dev.unerring.network.ModelFile;
import dev.unerring.network.Network;
import dev.unerring.report.TrainErrors;
import dev.unerring.train.Monitor;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is known of the saved model at the end of a run: the re-check, or where a stop ended it,
 * what the run itself had counted.
 *
 * @param recheck empty where it was not finished
 * @param errors training errors of the re-check, else those that the run counted in memory; empty
 *     where a stop left no time for that either
 * @param weightsSha256 hash of the saved tensors
 * @param patches number of patches of the saved model
 * @param images that the re-check counted
 * @param of images that it counts when it is finished
 * @param endedBy the reason of the stop; empty for none
 * @param bestTest test figures of the epoch with the best validation AUC; empty where it is not
 *     saved or not counted
 */
record Counted(
    Optional<Recheck> recheck,
    Optional<ErrorList> errors,
    String weightsSha256,
    int patches,
    long images,
    long of,
    Optional<EndedBy> endedBy,
    Optional<Metrics> bestTest) {

  /** Counts all images again, from the saved files; what a stop left no time for is empty. */
  static Counted of(
      Worked worked, RunRequest request, Dataset data, RunFolder folder, Monitor monitor) {
    long images = (long) data.train().size() + data.val().size() + data.test().size();
    Progress progress = new Progress(monitor.finishing());
    try {
      progress.check("counting again");
      monitor.note("re-check: counting all " + images + " images again, from the saved files");
      Recheck recheck = recheck(worked.left(), request, data, folder, progress);
      return new Counted(
          Optional.of(recheck),
          Optional.of(recheck.train().errors()),
          recheck.weightsSha256(),
          recheck.patches().patches(),
          images,
          images,
          Optional.empty(),
          worked.bestSaved() ? bestTest(request, data, folder, monitor) : Optional.empty());
    } catch (StoppedException e) {
      return new Counted(
          Optional.empty(),
          worked.left(),
          worked.weightsSha256(),
          worked.patches(),
          progress.images(),
          images,
          Optional.of(e.reason()),
          Optional.empty());
    }
  }

  /** On a backend of its own. */
  private static Recheck recheck(
      Optional<ErrorList> claimed,
      RunRequest request,
      Dataset data,
      RunFolder folder,
      WorkMonitor progress) {
    Path model = folder.file(RunFolder.MODEL);
    int batch = Memory.recheckBatch(request.plan().batchSize());
    try (Backend fresh = request.device().openFor(request.plan().arithmetic().ofModel())) {
      Recheck recheck = ClosedWorldValidator.recheck(model, data.file(), fresh, batch, progress);
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
                + model);
      }
      return recheck;
    }
  }

  /** Empty where a stop leaves no time for it. */
  private static Optional<Metrics> bestTest(
      RunRequest request, Dataset data, RunFolder folder, Monitor monitor) {
    try (Backend fresh = request.device().openFor(request.plan().arithmetic().ofModel())) {
      int batch = Memory.recheckBatch(request.plan().batchSize());
      Network best = ModelFile.read(folder.file(RunFolder.BEST), fresh, batch);
      int[] labels = Evaluator.labels(data.test());
      float[] logits = Evaluator.logits(best, data.test(), monitor.finishing());
      return Optional.of(Metrics.ofLogits(data.task(), logits, data.classes(), labels));
    } catch (StoppedException e) {
      return Optional.empty();
    }
  }

  boolean complete() {
    return recheck.isPresent();
  }

  /** How far the re-check came. */
  TrainErrors.Recheck progress() {
    return new TrainErrors.Recheck(images, of, endedBy);
  }

  /** Passes on what a re-check reports, and adds up the images that it has counted. */
  static final class Progress implements WorkMonitor {
    private final WorkMonitor monitor;
    private long counted;
    private long current;

    Progress(WorkMonitor monitor) {
      this.monitor = monitor;
    }

    long images() {
      return counted + current;
    }

    @Override
    public void note(String text) {
      monitor.note(text);
    }

    @Override
    public void progress(String work, long done, long total) {
      if (work.startsWith("counting ")) {
        counted += done == total ? total : 0;
        current = done == total ? 0 : done;
      }
      monitor.progress(work, done, total);
    }

    @Override
    public void progressBytes(String work, long done, long total) {
      monitor.progressBytes(work, done, total);
    }

    @Override
    public Optional<EndedBy> stop() {
      return monitor.stop();
    }

    @Override
    public Optional<EndedBy> stopReason() {
      return monitor.stopReason();
    }
  }
}
