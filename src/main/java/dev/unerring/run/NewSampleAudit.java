// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.audit.Admission;
import dev.unerring.audit.Admission.Sample;
import dev.unerring.audit.Admission.Verdict;
import dev.unerring.audit.ImageGroup;
import dev.unerring.audit.LabelAudit;
import dev.unerring.data.Dataset;
import dev.unerring.data.NewSamples;
import dev.unerring.train.Monitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares new samples with the closed world and reports what a user should know.
 *
 * @param added the new samples; null for none
 * @param admission the verdict on each
 * @param monitor receives the notes
 */
record NewSampleAudit(NewSamples added, Admission admission, Monitor monitor) {
  /** Contradictions that a message names. */
  private static final int NAMED = 20;

  /**
   * Compares the new samples with the closed world.
   *
   * @param goals of the closed world, by sampleIndex, row by row
   * @param skipContradictions whether those that contradict are left out; else all are refused
   * @throws DataException where they contradict
   */
  static NewSampleAudit of(
      Dataset data, int[] goals, NewSamples added, boolean skipContradictions, Monitor monitor) {
    if (added == null) {
      return new NewSampleAudit(null, new Admission(List.of()), monitor);
    }
    Admission admission = Admission.of(data.train(), goals, added.split(), monitor);
    List<Sample> contradictions = admission.of(Verdict.CONTRADICTS);
    if (!contradictions.isEmpty()) {
      String all = contradiction(added, data, contradictions);
      if (!skipContradictions) {
        throw new DataException(
            "contradiction",
            all
                + "; nothing is learned: settle which label is right, or leave these samples out"
                + " with --skip-contradictions");
      }
      monitor.note("left out: " + all);
    }
    return new NewSampleAudit(added, admission, monitor);
  }

  private static String contradiction(NewSamples added, Dataset data, List<Sample> samples) {
    String named =
        samples.stream()
            .limit(NAMED)
            .map(each -> added.text(each.sample()) + " is identical to " + each.twin())
            .collect(Collectors.joining("; "));
    int more = samples.size() - NAMED;
    return added.file()
        + " contradicts the closed world ("
        + data.file()
        + ") or itself: "
        + named
        + (more > 0 ? "; and " + more + " more" : "");
  }

  /** Numbers of the samples that join, in their file. */
  int[] joining() {
    return admission.of(Verdict.JOINS).stream().mapToInt(s -> s.sample().sampleIndex()).toArray();
  }

  /** How many the closed world holds already, or another new sample that joins. */
  int known() {
    return admission.of(Verdict.KNOWN).size();
  }

  /** Says that none joins into a closed world at its floor, where every goal is answered. */
  void nothingToDo() {
    List<String> what = new ArrayList<>();
    add(what, known(), " in the closed world already, and right");
    add(what, admission.of(Verdict.CONTRADICTS).size(), " left out for contradiction");
    monitor.note(
        "of the new samples of "
            + added.file()
            + " "
            + String.join(", and ", what)
            + "; there is nothing to do");
  }

  private static void add(List<String> what, int count, String are) {
    if (count > 0) {
      what.add(count + (count == 1 ? " is" : " are") + are);
    }
  }

  /**
   * Names the splits that hold images which join.
   *
   * @param union audit of the closed world with them
   * @param earlier training samples before
   */
  void noteSeen(LabelAudit union, int earlier) {
    Map<String, Integer> counts = new TreeMap<>();
    for (ImageGroup group : union.groups()) {
      if (group.trainSamples().stream().anyMatch(sample -> sample.sampleIndex() >= earlier)) {
        group.samples().stream()
            .filter(sample -> !sample.inTrain())
            .forEach(sample -> counts.merge(sample.split(), 1, Integer::sum));
      }
    }
    counts.forEach((split, images) ->
        monitor.note(
            "note: "
                + images
                + (images == 1 ? " image of " : " images of ")
                + split
                + (images == 1 ? " is" : " are")
                + " among the samples that join: the figures of "
                + split
                + " are not of unseen images any more"));
  }
}
