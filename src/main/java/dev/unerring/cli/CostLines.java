// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The costs of a run for a reader. */
final class CostLines {
  private CostLines() {}

  /**
   * Lines of the summary.
   *
   * @param costs the object {@code costs} of result.json
   */
  static List<String> of(Map<?, ?> costs) {
    List<String> lines = new ArrayList<>();
    lines.add("mean cost a sample " + cost((Map<?, ?>) costs.get("train")));
    lines.add("  validation       " + cost((Map<?, ?>) costs.get("val")));
    lines.add("  test             " + cost((Map<?, ?>) costs.get("test")));
    if (costs.get("neverMissed") instanceof Map<?, ?> missed) {
      lines.add("never to miss      " + missed.get("class") + ": " + since(missed));
    }
    return lines;
  }

  /** Mean, limit of the expected cost, and how many of the class not to be missed were. */
  static String cost(Map<?, ?> cost) {
    String mean = cost.get("mean") instanceof Double value ? figure(value) : "-";
    String upper =
        cost.get("upper") instanceof Double value
            ? ", expected at most " + figure(value) + " (97.5 %, exact)"
            : " on the training samples, which says nothing about others";
    Object missed = cost.get("missed");
    return mean + upper + (missed == null ? "" : ", " + missed + " missed");
  }

  private static String since(Map<?, ?> missed) {
    String price = ", with " + missed.get("otherErrorsSince") + " errors of the other classes then";
    if (missed.get("sinceEpoch") != null) {
      return "none missed from epoch "
          + missed.get("sinceEpoch")
          + " of "
          + missed.get("epochs")
          + " on"
          + price;
    }
    if (missed.get("sinceCorrector") != null) {
      return "none missed from "
          + missed.get("sinceCorrector")
          + " round "
          + missed.get("sinceRound")
          + " on"
          + price;
    }
    return "NOT REACHED in " + missed.get("epochs") + " epochs and the correction";
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
