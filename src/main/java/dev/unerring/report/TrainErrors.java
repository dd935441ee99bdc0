// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.FLAG;
import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.LONG;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.list;
import static dev.unerring.base.JsonForm.object;

import dev.unerring.EndedBy;
import dev.unerring.base.JsonForm;
import java.util.List;
import java.util.Optional;

/**
 * Training errors at the end of a run. What a stop left no time to count is empty.
 *
 * @param samples training samples
 * @param decisions labels that are predicted
 * @param errors wrong decisions: of the re-check, else as the run itself counted them
 * @param recheck how far the re-check came
 * @param errorsBeforePatch errors of the same model without its patches
 * @param patches training images that the model holds
 * @param patchedSamples training samples inside a patch
 * @param floor least number of errors that the data allow
 * @param floorAfterPreprocessing the same for the network without patches
 * @param madeEqual groups of training samples that preprocessing makes equal; empty for none
 * @param wrongSamples samples with a wrong decision
 * @param sampleFloor least number of those
 * @param floorByLabel floor of each label of a multi-label set
 * @param sampleFloorNote how the two floors of a multi-label set relate
 * @param conflicts groups of identical images with different labels
 */
public record TrainErrors(
    int samples,
    long decisions,
    Optional<Integer> errors,
    Recheck recheck,
    Optional<Integer> errorsBeforePatch,
    int patches,
    Optional<Integer> patchedSamples,
    int floor,
    int floorAfterPreprocessing,
    List<List<Integer>> madeEqual,
    Optional<Integer> wrongSamples,
    int sampleFloor,
    Optional<List<Integer>> floorByLabel,
    Optional<String> sampleFloorNote,
    int conflicts) {

  /**
   * The count that is made again from the saved model and the data file.
   *
   * @param images that it counted
   * @param of images that it counts when it is finished
   * @param endedBy why it was stopped; empty where it was finished
   */
  public record Recheck(long images, long of, Optional<EndedBy> endedBy) {
    /** Whether it was finished. */
    public boolean complete() {
      return endedBy.isEmpty();
    }

    private static Recheck form(JsonForm f, Recheck v) {
      f.value("complete", FLAG, () -> v.complete());
      return new Recheck(
          f.value("images", LONG, () -> v.images),
          f.value("of", LONG, () -> v.of),
          f.optional("endedBy", RunReport.ENDED_BY, () -> v.endedBy));
    }
  }

  /** Whether the model holds training images. */
  public boolean containsTrainingImages() {
    return patches > 0;
  }

  static TrainErrors form(JsonForm f, TrainErrors v) {
    int samples = f.value("trainSamples", INTEGER, () -> v.samples);
    long decisions = f.value("trainDecisions", LONG, () -> v.decisions);
    Optional<Integer> errors = f.nullable("trainErrors", INTEGER, () -> v.errors);
    Recheck recheck = f.value("recheck", object(Recheck::form), () -> v.recheck);
    Optional<Integer> before =
        f.nullable("trainErrorsBeforePatch", INTEGER, () -> v.errorsBeforePatch);
    int patches = f.value("patches", INTEGER, () -> v.patches);
    Optional<Integer> patched = f.nullable("patchedSamples", INTEGER, () -> v.patchedSamples);
    f.value("containsTrainingImages", FLAG, () -> v.containsTrainingImages());
    return new TrainErrors(
        samples,
        decisions,
        errors,
        recheck,
        before,
        patches,
        patched,
        f.value("floor", INTEGER, () -> v.floor),
        f.value("floorAfterPreprocessing", INTEGER, () -> v.floorAfterPreprocessing),
        f.optional(
                "madeEqualByPreprocessing",
                list(list(INTEGER, "integers"), "groups"),
                () -> Optional.of(v.madeEqual).filter(groups -> !groups.isEmpty()))
            .orElse(List.of()),
        f.nullable("trainWrongSamples", INTEGER, () -> v.wrongSamples),
        f.value("sampleFloor", INTEGER, () -> v.sampleFloor),
        f.optional("floorByLabel", list(INTEGER, "integers"), () -> v.floorByLabel),
        f.optional("sampleFloorNote", TEXT, () -> v.sampleFloorNote),
        f.value("labelConflicts", INTEGER, () -> v.conflicts));
  }
}
