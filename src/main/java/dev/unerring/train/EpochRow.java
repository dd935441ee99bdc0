// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

/**
 * One line of metrics.csv.
 *
 * @param epoch from 1
 * @param steps optimiser steps so far
 * @param loss mean of the epoch's batch losses
 * @param trainErrors errors on the training set, evaluation mode, against the given labels
 * @param valErrors errors on the validation set
 * @param valAcc official accuracy on the validation set
 * @param valAuc official AUC on the validation set
 * @param missed training samples of the class that must not be missed taken for another; -1 without
 *     such a class
 */
public record EpochRow(
    int epoch,
    long steps,
    double loss,
    int trainErrors,
    int valErrors,
    double valAcc,
    double valAuc,
    int missed) {}
