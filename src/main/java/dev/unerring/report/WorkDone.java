// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.LONG;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.list;
import static dev.unerring.base.JsonForm.object;

import dev.unerring.EndedBy;
import dev.unerring.base.JsonForm;
import java.util.List;
import java.util.Optional;

/**
 * What training and correction did.
 *
 * @param epochs finished epochs
 * @param trainSteps optimiser steps of training
 * @param errorsAfterTraining training errors before correction; empty where a stop left no time to
 *     count them
 * @param corrections what each corrector did, in order
 */
public record WorkDone(
    int epochs,
    long trainSteps,
    Optional<Integer> errorsAfterTraining,
    List<Correction> corrections) {

  /**
   * What a corrector did.
   *
   * @param corrector its name
   * @param errorsBefore decisions that missed their goalLabel at the start
   * @param errorsAfter the same at the end
   * @param rounds its rounds or sessions
   * @param steps optimiser steps
   * @param endedBy why it ended
   * @param plateau samples that the last failed round could not hold
   */
  public record Correction(
      String corrector,
      int errorsBefore,
      int errorsAfter,
      int rounds,
      long steps,
      EndedBy endedBy,
      List<Integer> plateau) {
    private static Correction form(JsonForm f, Correction v) {
      return new Correction(
          f.value("corrector", TEXT, () -> v.corrector),
          f.value("errorsBefore", INTEGER, () -> v.errorsBefore),
          f.value("errorsAfter", INTEGER, () -> v.errorsAfter),
          f.value("rounds", INTEGER, () -> v.rounds),
          f.value("steps", LONG, () -> v.steps),
          f.value("endedBy", RunReport.ENDED_BY, () -> v.endedBy),
          f.value("plateau", list(INTEGER, "integers"), () -> v.plateau));
    }
  }

  /** Rounds of all correctors. */
  public long rounds() {
    return corrections.stream().mapToLong(Correction::rounds).sum();
  }

  /** Samples that the last corrector could not hold. */
  public List<Integer> plateau() {
    return corrections.isEmpty() ? List.of() : corrections.getLast().plateau;
  }

  static WorkDone form(JsonForm f, WorkDone v) {
    int epochs = f.value("epochs", INTEGER, () -> v.epochs);
    long trainSteps = f.value("trainSteps", LONG, () -> v.trainSteps);
    Optional<Integer> errors =
        f.nullable("trainErrorsAfterTraining", INTEGER, () -> v.errorsAfterTraining);
    f.value("correctionRounds", LONG, () -> v.rounds());
    f.value(
        "correctionSteps", LONG, () -> v.corrections.stream().mapToLong(Correction::steps).sum());
    return new WorkDone(
        epochs,
        trainSteps,
        errors,
        f.value("corrections", list(object(Correction::form), "objects"), () -> v.corrections));
  }
}
