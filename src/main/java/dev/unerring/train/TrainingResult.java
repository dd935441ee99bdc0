// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.EndedBy;
import dev.unerring.errors.ErrorList;
import dev.unerring.network.StoredTensors;
import java.util.List;
import java.util.Optional;

/**
 * What ordinary training left; the network holds the weights of the last step.
 *
 * @param rows one an epoch that was finished
 * @param steps optimiser steps
 * @param last training errors of the weights of the last step; empty where they are not counted
 * @param bestEpoch epoch with the largest validation AUC, the earliest on a tie; 0 for none
 * @param best its tensors; null for none
 * @param endedBy why it ended
 */
public record TrainingResult(
    List<EpochRow> rows,
    long steps,
    Optional<ErrorList> last,
    int bestEpoch,
    StoredTensors best,
    EndedBy endedBy) {
  /** No training: the weights are at the floor of what they were trained on. */
  public static final TrainingResult NONE =
      new TrainingResult(List.of(), 0, Optional.empty(), 0, null, EndedBy.FLOOR);

  /** The same for weights whose errors are not counted. */
  public TrainingResult withoutLast() {
    return new TrainingResult(rows, steps, Optional.empty(), bestEpoch, best, endedBy);
  }
}
