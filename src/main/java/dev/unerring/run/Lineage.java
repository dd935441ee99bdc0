// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.VerificationException;
import dev.unerring.base.Sha256;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.data.Dataset;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * @param versions figures of all earlier versions, as in result.json
 * @param history what earlier versions had wrong
 * @param closedWorldFile name of the data file in the run's folder; empty where there is none
 */
record Lineage(
    int version,
    int earlierSamples,
    int joined,
    int known,
    Map<String, Object> parent,
    List<?> versions,
    Regression history,
    String closedWorldFile) {

  /** Of a run that trains; see {@link #closedWorldFile}. */
  static Lineage first(String closedWorldFile) {
    return new Lineage(1, 0, 0, 0, Map.of(), List.of(), Regression.none(), closedWorldFile);
  }

  /** Of a run that corrects another one. */
  static Lineage after(
      TrainedRun run, int earlierSamples, int joined, int known, String closedWorldFile) {
    Map<String, Object> parent = new LinkedHashMap<>();
    for (String key : List.of("weightsSha256", "logitsSha256", "dataContentSha256")) {
      parent.put(key, run.result().get(key));
    }
    byte[] result = run.folder().text(RunFolder.RESULT).getBytes(StandardCharsets.UTF_8);
    parent.put("resultSha256", Sha256.hex(result));
    return new Lineage(
        run.version() + 1,
        earlierSamples,
        joined,
        known,
        parent,
        run.versions(),
        run.regression(),
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
    for (Object each : versions) {
      boolean has =
          each instanceof Map<?, ?> past
              && past.get("trainSamples") instanceof Long samples
              && sample < samples;
      if (has) {
        return Math.toIntExact((Long) ((Map<?, ?>) each).get("version"));
      }
    }
    return version;
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
  Regression history(
      Dataset data,
      Labels goals,
      ErrorList found,
      List<CorrectionResult> corrections,
      ErrorList last) {
    return history.after(this, data.train(), goals, found, corrections, last);
  }

  /**
   * Adds version, parent, closedWorldFile and the figures of all versions to a result.
   *
   * @param found errors of the version before; empty where they were not counted
   */
  void describe(Map<String, Object> result, Optional<Integer> found) {
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("version", (long) version);
    own.put("joined", (long) joined);
    own.put("known", (long) known);
    own.put("trainSamples", result.get("trainSamples"));
    own.put("trainErrorsBefore", found.map(Integer::longValue).orElse(null));
    for (String key :
        List.of(
            "trainErrors", "floor", "patchedSamples", "correctionRounds", "val", "weightsSha256")) {
      own.put(key, result.get(key));
    }
    List<Object> all = new ArrayList<>(versions);
    all.add(own);
    result.put("version", (long) version);
    if (!isFirst()) {
      result.replace("model", "last step", "that of the version before");
      result.put("parent", parent);
    }
    if (!closedWorldFile.isEmpty()) {
      result.put("closedWorldFile", closedWorldFile);
    }
    result.put("versions", all);
  }
}
