// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.LONG;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.object;

import dev.unerring.base.JsonForm;
import dev.unerring.base.JsonForm.Type;
import java.util.Map;
import java.util.Optional;

/**
 * Figures of one version of a model. What a stop left no time to count is empty.
 *
 * @param version from 1
 * @param joined samples that joined in this version
 * @param known new samples that were in the closed world already
 * @param trainSamples training samples
 * @param errorsBefore training errors before correction
 * @param errors training errors at its end
 * @param floor least number that the data allow
 * @param patchedSamples training samples inside a patch
 * @param rounds of all correctors
 * @param val figures of the validation split
 * @param weightsSha256 hash of its tensors
 * @param others what this software does not know of it
 */
public record VersionFigures(
    int version,
    int joined,
    int known,
    int trainSamples,
    Optional<Integer> errorsBefore,
    Optional<Integer> errors,
    int floor,
    Optional<Integer> patchedSamples,
    long rounds,
    Optional<SplitFigures> val,
    String weightsSha256,
    Map<String, Object> others) {
  static final Type<VersionFigures> TYPE = object(VersionFigures::form);

  /** As in result.json. */
  public Map<String, Object> toJson() {
    return JsonForm.write(VersionFigures::form, this);
  }

  private static VersionFigures form(JsonForm f, VersionFigures v) {
    return new VersionFigures(
        f.value("version", INTEGER, () -> v.version),
        f.value("joined", INTEGER, () -> v.joined),
        f.value("known", INTEGER, () -> v.known),
        f.value("trainSamples", INTEGER, () -> v.trainSamples),
        f.nullable("trainErrorsBefore", INTEGER, () -> v.errorsBefore),
        f.nullable("trainErrors", INTEGER, () -> v.errors),
        f.value("floor", INTEGER, () -> v.floor),
        f.nullable("patchedSamples", INTEGER, () -> v.patchedSamples),
        f.value("correctionRounds", LONG, () -> v.rounds),
        f.nullable("val", object(SplitFigures::form), () -> v.val),
        f.value("weightsSha256", TEXT, () -> v.weightsSha256),
        f.others(() -> v.others));
  }
}
