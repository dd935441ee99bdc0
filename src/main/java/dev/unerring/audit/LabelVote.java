// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.data.LabelledSample;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How often each label stands on identical images.
 *
 * @param counts by label, at least one
 */
public record LabelVote(SortedMap<Integer, Integer> counts) {
  /** Of the labels in one column of these samples, at least one. */
  public static LabelVote of(List<LabelledSample> samples, int column) {
    SortedMap<Integer, Integer> counts = new TreeMap<>();
    for (LabelledSample sample : samples) {
      counts.merge(sample.labels().get(column), 1, Integer::sum);
    }
    return new LabelVote(counts);
  }

  /** Number of images. */
  public int size() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The most frequent label, the lowest on a tie. */
  public int goalLabel() {
    int largest = largestCount();
    return counts.entrySet().stream()
        .filter(count -> count.getValue() == largest)
        .findFirst()
        .map(Map.Entry::getKey)
        .orElseThrow();
  }

  /** The preferred label where none is more frequent, else {@link #goalLabel()}. */
  public int goalLabel(int preferred) {
    return counts.getOrDefault(preferred, 0) == largestCount() ? preferred : goalLabel();
  }

  /** Whether another label is as frequent as the goal label. */
  public boolean tied() {
    int largest = largestCount();
    return counts.values().stream().filter(count -> count == largest).count() > 1;
  }

  /** Images that are wrong whatever a deterministic classifier answers. */
  public int errorsAtLeast() {
    return size() - largestCount();
  }

  private int largestCount() {
    return counts.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
  }

  /** E.g. {@code 0 x1, 1 x2}. */
  @Override
  public String toString() {
    return counts.entrySet().stream()
        .map(count -> count.getKey() + " x" + count.getValue())
        .collect(Collectors.joining(", "));
  }
}
