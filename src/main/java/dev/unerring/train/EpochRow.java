// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.base.JsonFields;
import dev.unerring.network.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;

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
    int missed) {
  /** The row in a checkpoint or a ledger: every number keeps its bits. */
  public Map<String, Object> kept() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("epoch", epoch);
    json.put("steps", steps);
    json.put("loss", Checkpoint.bits(loss));
    json.put("trainErrors", trainErrors);
    json.put("valErrors", valErrors);
    json.put("valAcc", Checkpoint.bits(valAcc));
    json.put("valAuc", Checkpoint.bits(valAuc));
    json.put("missed", missed);
    return json;
  }

  /** The row of {@link #kept}. */
  public static EpochRow of(JsonFields json) {
    return new EpochRow(
        json.small("epoch"),
        json.integer("steps"),
        Checkpoint.real(json.text("loss")),
        json.small("trainErrors"),
        json.small("valErrors"),
        Checkpoint.real(json.text("valAcc")),
        Checkpoint.real(json.text("valAuc")),
        json.small("missed"));
  }
}
