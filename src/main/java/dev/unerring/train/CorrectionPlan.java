package dev.unerring.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Choices of the correction stage (see {@code dev.unerring.correct.Tunneling}).
 *
 * @param enabled whether errors that training leaves are corrected at all
 * @param firstStep first advance of t; 1 tries the original images at once
 * @param smallestStep advance of t below which the stage gives up (the plateau)
 * @param sessions most sessions, accepted or not
 * @param sweeps most passes over the training set in one session
 * @param learningRate Adam's within a session
 */
public record CorrectionPlan(
    boolean enabled,
    double firstStep,
    double smallestStep,
    int sessions,
    int sweeps,
    double learningRate) {

  /** Checks the ranges. */
  public CorrectionPlan {
    Ranges.require(firstStep > 0 && firstStep <= 1, "correction.firstStep", firstStep, "0 to 1");
    Ranges.require(
        smallestStep > 0 && smallestStep <= firstStep,
        "correction.smallestStep",
        smallestStep,
        "above 0, at most firstStep");
    Ranges.require(
        sessions >= 1 && sessions <= 100_000, "correction.sessions", sessions, "1 to 100000");
    Ranges.require(sweeps >= 1 && sweeps <= 100_000, "correction.sweeps", sweeps, "1 to 100000");
    Ranges.require(
        learningRate > 0 && learningRate <= 10, "correction.learningRate", learningRate, "0 to 10");
  }

  /** The default choices. */
  public static CorrectionPlan standard() {
    return new CorrectionPlan(true, 1.0, 0x1p-10, 60, 40, 1e-4);
  }

  /** The same choices, switched on or off. */
  public CorrectionPlan withEnabled(boolean on) {
    return new CorrectionPlan(on, firstStep, smallestStep, sessions, sweeps, learningRate);
  }

  /** As a JSON object. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("corrector", enabled ? "tunneling" : "none");
    json.put("firstStep", firstStep);
    json.put("smallestStep", smallestStep);
    json.put("sessions", (long) sessions);
    json.put("sweeps", (long) sweeps);
    json.put("learningRate", learningRate);
    return json;
  }

  static CorrectionPlan fromJson(Object json, String source) {
    PlanReader reader = new PlanReader(json, source);
    CorrectionPlan d = standard();
    String corrector = reader.text("corrector", "tunneling");
    Ranges.require(
        corrector.equals("tunneling") || corrector.equals("none"),
        "correction.corrector",
        corrector,
        "tunneling or none");
    CorrectionPlan plan =
        new CorrectionPlan(
            corrector.equals("tunneling"),
            reader.real("firstStep", d.firstStep),
            reader.real("smallestStep", d.smallestStep),
            reader.small("sessions", d.sessions),
            reader.small("sweeps", d.sweeps),
            reader.real("learningRate", d.learningRate));
    reader.refuseOthers();
    return plan;
  }
}
