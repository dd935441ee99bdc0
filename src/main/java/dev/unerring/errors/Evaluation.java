// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import dev.unerring.data.Task;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * The full evaluation of one split by one trained network.
 *
 * @param split train, val or test
 * @param task what the labels ask for
 * @param labelNames by number
 * @param all figures of every sample
 * @param withoutTwins figures of the samples without a twin in train, by the correlation from which
 *     a training image is taken as a twin, ascending; empty where twins were not searched for
 * @param calibration null where there is none
 */
public record Evaluation(
    String split,
    Task task,
    List<String> labelNames,
    Figures all,
    List<Remainder> withoutTwins,
    Calibration calibration) {
  /** From which share of samples with a twin on the first correlation's figures say little. */
  private static final double MOST = 0.5;

  /**
   * What is left of a split without the samples that have a twin in train.
   *
   * @param correlation from which a training image is taken as a twin
   * @param figures of the samples that are left
   */
  public record Remainder(double correlation, Figures figures) {}

  /**
   * Evaluates.
   *
   * @param twins samples of the split with a twin in train, by the correlation from which a
   *     training image is taken as one; empty for not searched
   * @param calibration null for none
   */
  public static Evaluation of(
      String split,
      LabelledLogits outcome,
      List<String> labelNames,
      SortedMap<Double, BitSet> twins,
      Calibration calibration) {
    return new Evaluation(
        split,
        outcome.task(),
        List.copyOf(labelNames),
        Figures.of(outcome, calibration),
        twins.entrySet().stream()
            .map(each ->
                new Remainder(
                    each.getKey(), Figures.of(outcome.without(each.getValue()), calibration)))
            .toList(),
        calibration);
  }

  /**
   * What is shown beside the figures of all samples: the first remainder, and the others where most
   * samples are not in it.
   */
  List<Remainder> shown() {
    return mostHaveTwins() ? withoutTwins : withoutTwins.stream().limit(1).toList();
  }

  /** Whether most samples have a twin by the first correlation. */
  boolean mostHaveTwins() {
    return !withoutTwins.isEmpty()
        && withoutTwins.getFirst().figures().samples() < (1 - MOST) * all.samples();
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
    put(json, "twinCorrelation", "withoutTwins", 0);
    put(json, "nearTwinCorrelation", "withoutNearTwins", 1);
    return json;
  }

  private void put(Map<String, Object> json, String correlation, String figures, int which) {
    Remainder rest = which < withoutTwins.size() ? withoutTwins.get(which) : null;
    json.put(correlation, rest == null ? null : rest.correlation());
    json.put(figures, rest == null ? null : rest.figures().toJson(labelNames));
  }

  /** The tables for a terminal. */
  public String toText() {
    return new EvaluationText(this).text();
  }
}
