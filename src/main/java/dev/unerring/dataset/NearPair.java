package dev.unerring.dataset;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Two different images whose pixel values correlate closely.
 *
 * @param first in the order train, val, test, by index
 * @param second the later one
 * @param correlation of all pixel values, rounded to binary64
 */
public record NearPair(LabelledSample first, LabelledSample second, double correlation) {
  /** Whether both carry the same labels, in all columns. */
  public boolean sameLabel() {
    return first.labels().equals(second.labels());
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", List.of(first.toJson(), second.toJson()));
    json.put("correlation", correlation);
    json.put("sameLabel", sameLabel());
    return json;
  }
}
