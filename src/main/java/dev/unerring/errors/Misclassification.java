package dev.unerring.errors;

/**
 * One sample that the network gets wrong.
 *
 * @param sampleIndex index in its split
 * @param givenLabel label in the data
 * @param predictedLabel class of the largest logit, the lowest on a tie
 * @param logits one a class
 * @param margin logit of the given label minus the largest other one: at most 0, or NaN
 * @param tie whether the largest logit is shared or NaN
 */
public record Misclassification(
    int sampleIndex,
    int givenLabel,
    int predictedLabel,
    float[] logits,
    float margin,
    boolean tie) {}
