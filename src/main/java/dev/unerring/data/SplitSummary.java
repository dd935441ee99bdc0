// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts of one split.
 *
 * @param name {@code train}, {@code val} or {@code test}
 * @param samples number of samples
 * @param multiLabel whether a sample has several labels of 0 or 1
 * @param histogram samples of each class; of multi-label sets, samples with each label set
 */
public record SplitSummary(String name, int samples, boolean multiLabel, List<Integer> histogram) {
  /** Takes a copy of the histogram. */
  public SplitSummary {
    histogram = List.copyOf(histogram);
  }

  public static SplitSummary of(Split split, int classes) {
    boolean multiLabel = split.labelCount() > 1;
    int[] counts = new int[classes];
    for (int i = 0; i < split.size(); i++) {
      for (int column = 0; column < split.labelCount(); column++) {
        int label = split.label(i, column);
        counts[multiLabel ? column : label] += multiLabel ? label : 1;
      }
    }
    List<Integer> histogram = new ArrayList<>();
    for (int count : counts) {
      histogram.add(count);
    }
    return new SplitSummary(split.name(), split.size(), multiLabel, histogram);
  }

  /** The most frequent class, the lowest on a tie. */
  public int majorityClass() {
    int majority = 0;
    for (int i = 1; i < histogram.size(); i++) {
      majority = histogram.get(i) > histogram.get(majority) ? i : majority;
    }
    return majority;
  }

  /**
   * Accuracy of always answering the majority class; of multi-label sets, of always answering the
   * more frequent value of each label, averaged over the labels.
   */
  public double majorityShare() {
    if (!multiLabel) {
      return (double) histogram.get(majorityClass()) / samples;
    }
    long right = 0;
    for (int set : histogram) {
      right += Math.max(set, samples - set);
    }
    return (double) right / ((long) samples * histogram.size());
  }

  /** Classes (labels of multi-label sets) without a sample. */
  public List<Integer> missingClasses() {
    List<Integer> missing = new ArrayList<>();
    for (int i = 0; i < histogram.size(); i++) {
      if (histogram.get(i) == 0) {
        missing.add(i);
      }
    }
    return missing;
  }

  /** How many times as frequent the largest class is as the smallest one that has samples. */
  public double imbalance() {
    int largest = 0;
    int smallest = Integer.MAX_VALUE;
    for (int count : histogram) {
      largest = Math.max(largest, count);
      smallest = count > 0 ? Math.min(smallest, count) : smallest;
    }
    return largest == 0 ? 1 : (double) largest / smallest;
  }

  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("split", name);
    json.put("samples", samples);
    json.put("histogram", histogram);
    if (!multiLabel) {
      json.put("majorityClass", majorityClass());
    }
    json.put("majorityShare", majorityShare());
    json.put("missingClasses", missingClasses());
    json.put("imbalance", imbalance());
    return json;
  }
}
