// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import java.util.List;
import java.util.Locale;

/**
 * One round of a corrector, a line of corrections.csv.
 *
 * @param corrector its name
 * @param round from 1, each corrector by itself
 * @param t position of the tunnelings between auxiliary (0) and original images (1), else 1
 * @param dt advance that led to t, else 1
 * @param sweeps passes over the training set
 * @param steps optimiser steps
 * @param errors decisions that miss their goalLabel: of H(t) at the end of a session of a
 *     tunneling, for the others of the original images at the best moment so far
 * @param accepted whether what the round ended with was kept
 * @param wrong samples that miss a goalLabel on the original images at the best moment so far,
 *     ascending; not a column of corrections.csv
 * @param missed those of the errors that are samples of the class that must not be missed; -1
 *     without such a class
 */
public record CorrectionRound(
    String corrector,
    int round,
    double t,
    double dt,
    int sweeps,
    long steps,
    int errors,
    boolean accepted,
    List<Integer> wrong,
    int missed) {
  /** Takes a copy of the list. */
  public CorrectionRound {
    wrong = List.copyOf(wrong);
  }

  /** A line for a reader. */
  String describe(int decisions) {
    return String.format(
        Locale.ROOT,
        "%s round %d: t %.4f, %s, %s, %d of %d %smiss their goal label%s, %s",
        corrector,
        round,
        t,
        sweeps + (sweeps == 1 ? " sweep" : " sweeps"),
        steps + (steps == 1 ? " step" : " steps"),
        errors,
        decisions,
        t < 1 ? "on the mixed images " : "",
        missed < 0 ? "" : " (" + missed + " missed of the class never to miss)",
        accepted ? "accepted" : "taken back");
  }
}
