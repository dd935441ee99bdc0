// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a reader of an audit should know before training.
 *
 * @param code of the kind of finding, the same in every version: {@code class-without-samples},
 *     {@code one-class}, {@code all-identical}, {@code constant-images}, {@code saturated-images},
 *     {@code imbalance}, {@code unusual-split}, {@code nearly-black-images}, {@code one-hot-labels}
 * @param message a sentence with the values
 * @param preventsTraining whether training on such a set makes no sense
 */
public record Finding(String code, String message, boolean preventsTraining) {
  static Finding warning(String code, String message) {
    return new Finding(code, message, false);
  }

  /** What to do where it prevents training; a clause. */
  String advice() {
    return switch (code) {
      case "class-without-samples" -> "add samples of it, or number the classes without gaps";
      case "one-class" -> "add samples of another class";
      case "all-identical" -> "check how the images came into the file";
      default -> "see the audit";
    };
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("code", code);
    json.put("message", message);
    json.put("preventsTraining", preventsTraining);
    return json;
  }
}
