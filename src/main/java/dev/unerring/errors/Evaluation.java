package dev.unerring.errors;

import dev.unerring.dataset.Task;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The full evaluation of one split by one trained network.
 *
 * @param split train, val or test
 * @param task what the labels ask for
 * @param labelNames by number
 * @param all figures of every sample
 * @param withoutTwins figures of the samples without a twin in train; null where twins were not
 *     searched for
 * @param twinCorrelation correlation from which a training image was taken as a twin
 * @param calibration null where there is none
 */
public record Evaluation(
    String split,
    Task task,
    List<String> labelNames,
    Figures all,
    Figures withoutTwins,
    double twinCorrelation,
    Calibration calibration) {

  /**
   * Evaluates.
   *
   * @param twins samples of the split with a twin in train; null for not searched
   * @param twinCorrelation correlation from which a training image was taken as a twin
   * @param calibration null for none
   */
  public static Evaluation of(
      String split,
      LabelledLogits outcome,
      List<String> labelNames,
      BitSet twins,
      double twinCorrelation,
      Calibration calibration) {
    return new Evaluation(
        split,
        outcome.task(),
        List.copyOf(labelNames),
        Figures.of(outcome, calibration),
        twins == null ? null : Figures.of(outcome.without(twins), calibration),
        twinCorrelation,
        calibration);
  }

  /** Everything, in reading order; figures that are not defined are null. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("split", split);
    json.put("task", task.manifestName());
    json.put("labels", labelNames);
    json.put("intervals", "two-sided 95 %, exact (Clopper-Pearson)");
    json.put("calibration", calibration == null ? null : calibration.toJson());
    json.put("all", all.toJson(labelNames));
    json.put("twinCorrelation", withoutTwins == null ? null : twinCorrelation);
    json.put("withoutTwins", withoutTwins == null ? null : withoutTwins.toJson(labelNames));
    return json;
  }

  /** The tables for a terminal. */
  public String toText() {
    return new EvaluationText(this).text();
  }
}
