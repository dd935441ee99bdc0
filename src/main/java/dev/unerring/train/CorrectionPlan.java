// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.REAL;
import static dev.unerring.base.JsonForm.TEXT;

import dev.unerring.UsageException;
import dev.unerring.base.JsonForm;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Choices of the correction stage (see {@code dev.unerring.correct}). A budget of zero is refused:
 * {@link Method#NONE} says it plainly.
 *
 * @param method who corrects the errors that training leaves
 * @param focusRounds most rounds of focus
 * @param focusWeight how often a pass of focus takes a sample that a count has found wrong
 * @param firstStep first advance of tunneling's t; 1 tries the original images at once
 * @param smallestStep advance of t below which tunneling gives up (the plateau)
 * @param sessions most sessions of tunneling, accepted or not
 * @param sweeps most passes over the training set in one round or session
 * @param learningRate Adam's within a round or session
 */
public record CorrectionPlan(
    Method method,
    int focusRounds,
    int focusWeight,
    double firstStep,
    double smallestStep,
    int sessions,
    int sweeps,
    double learningRate) {

  /** Who corrects. */
  public enum Method {
    /** Focus, then tunneling, then patch, each on what the one before has left. */
    AUTO,
    /** Continued training, weighted on the errors. */
    FOCUS,
    /** Gradient descent tunneling. */
    TUNNELING,
    /** Provable repair: holds training images. */
    PATCH,
    /** Tunneling by the published rules, which trains from the start. */
    DENG_2023,
    /** No correction. */
    NONE;

    /** Name in plans and on the command line. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The method with this label; UsageException naming {@code what} where there is none. */
    public static Method parse(String label, String what) {
      return parse(label, what, List.of(values()));
    }

    /** The same, of some methods only. */
    public static Method parse(String label, String what, List<Method> allowed) {
      return allowed.stream()
          .filter(method -> method.label().equals(label))
          .findFirst()
          .orElseThrow(() ->
              new UsageException(
                  what
                      + " is one of "
                      + allowed.stream().map(Method::label).collect(Collectors.joining(", "))
                      + ", not '"
                      + label
                      + "'"));
    }
  }

  /** Checks the ranges. */
  public CorrectionPlan {
    Ranges.require(
        focusRounds >= 1 && focusRounds <= 100_000,
        "correction.focusRounds",
        focusRounds,
        "1 to 100000");
    Ranges.require(
        focusWeight >= 1 && focusWeight <= 64, "correction.focusWeight", focusWeight, "1 to 64");
    Ranges.require(
        firstStep > 0 && firstStep <= 1, "correction.firstStep", firstStep, "above 0, at most 1");
    Ranges.require(
        smallestStep > 0 && smallestStep <= firstStep,
        "correction.smallestStep",
        smallestStep,
        "above 0, at most firstStep");
    Ranges.require(
        sessions >= 1 && sessions <= 100_000, "correction.sessions", sessions, "1 to 100000");
    Ranges.require(sweeps >= 1 && sweeps <= 100_000, "correction.sweeps", sweeps, "1 to 100000");
    Ranges.require(
        learningRate > 0 && learningRate <= 10,
        "correction.learningRate",
        learningRate,
        "above 0, at most 10");
  }

  /** The default choices. */
  public static CorrectionPlan standard() {
    return new CorrectionPlan(Method.AUTO, 10, 8, 0.5, 0x1p-6, 60, 40, 1e-4);
  }

  /** The published rules of tunneling: first advance 0.1, sessions of 25 steps. */
  static CorrectionPlan published() {
    return new CorrectionPlan(Method.DENG_2023, 1, 1, 0.1, 0x1p-12, 4_000, 25, 0.01);
  }

  /** The same budgets for another method. */
  public CorrectionPlan with(Method other) {
    return new CorrectionPlan(
        other, focusRounds, focusWeight, firstStep, smallestStep, sessions, sweeps, learningRate);
  }

  static CorrectionPlan form(JsonForm f, CorrectionPlan v) {
    String method = f.value("corrector", TEXT, () -> v.method.label());
    return new CorrectionPlan(
        Method.parse(method, "the plan's correction.corrector"),
        f.value("focusRounds", INTEGER, () -> v.focusRounds),
        f.value("focusWeight", INTEGER, () -> v.focusWeight),
        f.value("firstStep", REAL, () -> v.firstStep),
        f.value("smallestStep", REAL, () -> v.smallestStep),
        f.value("sessions", INTEGER, () -> v.sessions),
        f.value("sweeps", INTEGER, () -> v.sweeps),
        f.value("learningRate", REAL, () -> v.learningRate));
  }
}
