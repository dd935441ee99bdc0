// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.VerificationException;
import dev.unerring.base.Sha256;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.report.RunReport;
import dev.unerring.report.SplitFigures;
import dev.unerring.report.TrainErrors;
import dev.unerring.report.VersionFigures;
import dev.unerring.report.VersionLine;
import dev.unerring.report.VersionLine.Parent;
import dev.unerring.report.WorkDone;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Where a run stands in the line of versions of one model: version 1 is trained, each later one
 * corrects the version before it, on the samples of that and those that joined.
 *
 * @param version from 1
 * @param earlierSamples training samples of the version before; they keep their sampleIndex
 * @param joined samples that joined in this version
 * @param known new samples that the closed world held already
 * @param parent hashes of the version before; empty for version 1
 * @param versions figures of all earlier versions
 * @param history what earlier versions had wrong
 * @param closedWorldFile name of the data file in the run's folder; empty where there is none
 */
record Lineage(
    int version,
    int earlierSamples,
    int joined,
    int known,
    Optional<Parent> parent,
    List<VersionFigures> versions,
    ErrorHistory history,
    String closedWorldFile) {

  /** Of a run that trains; see {@link #closedWorldFile}. */
  static Lineage first(String closedWorldFile) {
    return new Lineage(
        1, 0, 0, 0, Optional.empty(), List.of(), ErrorHistory.none(), closedWorldFile);
  }

  /** Of a run that corrects another one. */
  static Lineage after(
      TrainedRun run, int earlierSamples, int joined, int known, String closedWorldFile) {
    byte[] result = run.folder().text(RunFolder.RESULT).getBytes(StandardCharsets.UTF_8);
    RunReport report = run.report();
    Parent parent =
        new Parent(
            report.weightsSha256(),
            report.logitsSha256(),
            report.data().contentSha256(),
            Sha256.hex(result));
    return new Lineage(
        report.line().version() + 1,
        earlierSamples,
        joined,
        known,
        Optional.of(parent),
        report.line().versions(),
        run.history(),
        closedWorldFile);
  }

  boolean isFirst() {
    return version == 1;
  }

  /** What the errors are called that are found first. */
  String firstStage() {
    return isFirst() ? "after-training" : "before-correction";
  }

  /** The version in which a sample joined the closed world. */
  int since(int sample) {
    return versions.stream()
        .filter(past -> sample < past.trainSamples())
        .findFirst()
        .map(VersionFigures::version)
        .orElse(version);
  }

  /**
   * Refuses a version that lost a sample of an earlier one.
   *
   * @param found errors of the version before, on all samples
   * @param last errors of this version
   * @throws VerificationException that names the sample
   */
  void requireKept(Dataset data, Labels goals, ErrorList found, ErrorList last) {
    TreeSet<Integer> lost = new TreeSet<>(last.sampleIndexes());
    lost.removeAll(new TreeSet<>(found.sampleIndexes()));
    Labels given = Labels.of(data.task(), Evaluator.labels(data.train()), goals.columns());
    lost.removeIf(n -> n >= earlierSamples || !rowsEqual(given, goals, n));
    if (!lost.isEmpty()) {
      throw new VerificationException(
          "training sample "
              + lost.first()
              + " was right in version "
              + (version - 1)
              + " and would be wrong in version "
              + version
              + "; the correction is not kept");
    }
  }

  private static boolean rowsEqual(Labels a, Labels b, int sample) {
    for (int i = sample * a.columns(); i < (sample + 1) * a.columns(); i++) {
      if (a.values()[i] != b.values()[i]) {
        return false;
      }
    }
    return true;
  }

  /** The history with what this version did. */
  ErrorHistory history(
      Dataset data,
      Labels goals,
      ErrorList found,
      List<CorrectionResult> corrections,
      ErrorList last) {
    return history.after(this, data.train(), goals, found, corrections, last);
  }

  /** The place of this version, with its own figures. */
  VersionLine line(
      TrainErrors train, WorkDone work, Optional<SplitFigures> val, String weightsSha256) {
    VersionFigures own =
        new VersionFigures(
            version,
            joined,
            known,
            train.samples(),
            work.errorsAfterTraining(),
            train.errors(),
            train.floor(),
            train.patchedSamples(),
            work.rounds(),
            val,
            weightsSha256,
            Map.of());
    List<VersionFigures> all = new ArrayList<>(versions);
    all.add(own);
    return new VersionLine(
        version, parent, Optional.of(closedWorldFile).filter(file -> !file.isEmpty()), all);
  }
}
