// SPDX-License-Identifier: Apache-2.0
package dev.unerring.robustness;

import dev.unerring.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All neighbourhoods of one sample, evaluated completely.
 *
 * @param sample its sampleIndex
 * @param answer at the image itself, see {@link Answer}
 * @param right whether that is its given label, or all of its labels
 * @param counts of each kind, in order
 * @param changes variants whose answer is another one, or none
 */
public record Enumerated(
    int sample, long answer, boolean right, List<Count> counts, List<Change> changes) {
  /** Copies the lists. */
  public Enumerated {
    counts = List.copyOf(counts);
    changes = List.copyOf(changes);
  }

  /**
   * Variants of one kind.
   *
   * @param variants evaluated, which are all there are
   * @param changed of them have another answer
   * @param smallest of pixel variants the smallest step in grey levels that changes the answer; 0
   *     for none, and of other kinds
   */
  public record Count(String kind, long variants, long changed, int smallest) {}

  /** Variants of a kind; null where there are none. */
  public Count count(String kind) {
    return counts.stream().filter(each -> each.kind().equals(kind)).findFirst().orElse(null);
  }

  /** As JSON, see {@link #fromJson}. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sample", sample);
    json.put("answer", answer);
    json.put("right", right);
    List<Object> numbers = new ArrayList<>();
    counts.forEach(each ->
        numbers.add(List.of(each.kind(), each.variants(), each.changed(), each.smallest())));
    json.put("counts", numbers);
    json.put("changes", changes.stream().map(Change::toJson).toList());
    return json;
  }

  /**
   * Reads {@link #toJson}.
   *
   * @throws DataException where it is something else
   */
  public static Enumerated fromJson(Map<?, ?> json) {
    try {
      List<Count> counts = new ArrayList<>();
      for (Object each : (List<?>) json.get("counts")) {
        List<?> row = (List<?>) each;
        int smallest = Math.toIntExact((Long) row.get(3));
        counts.add(new Count((String) row.get(0), (Long) row.get(1), (Long) row.get(2), smallest));
      }
      return new Enumerated(
          Math.toIntExact((Long) json.get("sample")),
          (Long) json.get("answer"),
          (Boolean) json.get("right"),
          counts,
          ((List<?>) json.get("changes")).stream().map(Change::fromJson).toList());
    } catch (ClassCastException | NullPointerException | IndexOutOfBoundsException e) {
      throw new DataException("not the neighbourhoods of a sample", e);
    }
  }
}
