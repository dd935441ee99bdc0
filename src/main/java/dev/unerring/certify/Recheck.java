// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certify;

import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Metrics;

/**
 * What the re-read model does on the re-read data.
 *
 * @param dataSha256 hash of the data file that was read
 * @param weightsSha256 hash of the tensors of the model file that was read
 * @param logitsSha256 hash of all logits: train, val, test, each in sampleIndex order
 * @param train verdict on the training split
 * @param val verdict on the validation split
 * @param test verdict on the test split
 * @param patches what the model's patches do
 * @param referenceSamples training samples whose logits were computed again by the definition
 */
public record Recheck(
    String dataSha256,
    String weightsSha256,
    String logitsSha256,
    SplitVerdict train,
    SplitVerdict val,
    SplitVerdict test,
    PatchVerdict patches,
    int referenceSamples) {

  /**
   * Errors and official figures of one split.
   *
   * @param errors every error
   * @param metrics accuracy and AUC
   */
  public record SplitVerdict(ErrorList errors, Metrics metrics) {}

  /**
   * What patches do on the training split; counted, not believed.
   *
   * @param patches number of them, each with one training image
   * @param samples training samples that are inside a patch
   * @param errorsBefore training errors of the same model without its patches
   */
  public record PatchVerdict(int patches, int samples, int errorsBefore) {}
}
