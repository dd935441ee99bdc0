// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.network.StoredTensors;
import java.util.List;

/**
 * What ordinary training left; the network holds the weights of the last step.
 *
 * @param rows one an epoch that was finished
 * @param steps optimiser steps
 * @param trainErrors errors at the last count; -1 where no epoch was finished
 * @param bestEpoch epoch with the largest validation AUC, the earliest on a tie; 0 for none
 * @param best its tensors; null for none
 * @param endedBy floor, prime, plateau, epochs, non-finite, or the reason of a stop from outside
 */
public record TrainingResult(
    List<EpochRow> rows,
    long steps,
    int trainErrors,
    int bestEpoch,
    StoredTensors best,
    String endedBy) {}
