// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import dev.unerring.data.LabelledSample;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Two samples whose images are twins.
 *
 * @param kind how they are alike: identical, flipped or near
 * @param first in the order train, val, test, by index
 * @param second the later one
 * @param correlation of all pixel values, rounded to binary64; NaN unless the kind is near
 * @param transform the flip or turn that makes the second image out of the first; empty for near
 *     ones
 */
public record TwinPair(
    TwinKind kind,
    LabelledSample first,
    LabelledSample second,
    double correlation,
    String transform) {
  static final String CSV_HEADER =
      "kind,firstSplit,firstIndex,firstLabel,secondSplit,secondIndex,secondLabel,label,"
          + "correlation,transform";

  static TwinPair near(LabelledSample first, LabelledSample second, double correlation) {
    return new TwinPair(TwinKind.NEAR, first, second, correlation, "");
  }

  static TwinPair mapped(
      TwinKind kind, LabelledSample first, LabelledSample second, String transform) {
    return new TwinPair(kind, first, second, Double.NaN, transform);
  }

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

  String toCsv() {
    return String.join(
        ",",
        kind.text(),
        csv(first),
        csv(second),
        sameLabel() ? "same" : "other",
        Double.isNaN(correlation) ? "" : String.valueOf(correlation),
        transform);
  }

  private static String csv(LabelledSample sample) {
    return sample.split()
        + ","
        + sample.sampleIndex()
        + ","
        + sample.labels().stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
