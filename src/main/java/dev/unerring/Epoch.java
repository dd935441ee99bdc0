package dev.unerring;

import java.util.OptionalDouble;

/**
 * The end of one epoch of training.
 *
 * @param number from 1
 * @param loss mean of the losses of its batches
 * @param trainErrors errors on the training samples, counted after the epoch
 * @param valErrors errors on the validation samples
 * @param valAccuracy accuracy on the validation samples
 * @param valAuc area under the ROC curve there; empty where it is not defined
 */
public record Epoch(
    int number,
    double loss,
    int trainErrors,
    int valErrors,
    double valAccuracy,
    OptionalDouble valAuc) {}
