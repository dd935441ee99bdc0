package dev.unerring;

import java.util.OptionalDouble;

/**
 * What a model does on one split, counted on the saved files.
 *
 * @param samples of the split
 * @param decisions labels that are predicted: one a sample, or one a label of multi-label sets
 * @param errors wrong decisions
 * @param wrongSamples samples with a wrong decision
 * @param accuracy share of right decisions, as MedMNIST defines it; empty for the training split
 * @param auc area under the ROC curve, as MedMNIST defines it; empty for the training split and
 *     where it is not defined
 */
public record Figures(
    int samples,
    long decisions,
    int errors,
    int wrongSamples,
    OptionalDouble accuracy,
    OptionalDouble auc) {}
