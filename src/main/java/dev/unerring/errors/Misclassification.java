// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

/**
 * One decision that the network gets wrong.
 *
 * @param sampleIndex index in its split
 * @param column label of a multi-label set that is meant; 0 for others
 * @param givenLabel label in the data: a class, or 0 or 1 in a multi-label set
 * @param predictedLabel what the logits say, see {@link Labels#predicted}
 * @param logits one a class or label
 * @param margin see {@link Labels#margin(float[], int, int)}: at most 0, or NaN
 * @param tie whether the logits leave it open: a shared largest one, a zero, a NaN
 */
public record Misclassification(
    int sampleIndex,
    int column,
    int givenLabel,
    int predictedLabel,
    float[] logits,
    float margin,
    boolean tie) {}
