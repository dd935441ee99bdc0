// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.report.CostFigures;
import dev.unerring.report.CostFigures.NeverMissed;
import dev.unerring.report.CostFigures.SplitCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The costs of a run for a reader. */
final class CostLines {
  private CostLines() {}

  /** Lines of the summary. */
  static List<String> of(CostFigures costs) {
    List<String> lines = new ArrayList<>();
    lines.add("mean cost a sample " + cost(costs.train()));
    lines.add("  validation       " + cost(costs.val()));
    lines.add("  test             " + cost(costs.test()));
    costs
        .neverMissed()
        .ifPresent(each -> lines.add("never to miss      " + each.name() + ": " + since(each)));
    return lines;
  }

  /** Mean, limit of the expected cost, and how many of the class not to be missed were. */
  static String cost(SplitCost cost) {
    return cost.mean().map(CostLines::figure).orElse("-")
        + cost.upper()
            .map(upper -> ", expected at most " + figure(upper) + " (97.5 %, exact)")
            .orElse(" on the training samples, which says nothing about others")
        + cost.missed().map(missed -> ", " + missed + " missed").orElse("");
  }

  private static String since(NeverMissed missed) {
    if (missed.otherErrorsSince().isEmpty()) {
      return "NOT REACHED in " + missed.epochs() + " epochs and the correction";
    }
    String from =
        missed
            .sinceEpoch()
            .map(epoch -> "epoch " + epoch + " of " + missed.epochs())
            .orElseGet(() ->
                missed.sinceCorrector().orElseThrow()
                    + " round "
                    + missed.sinceRound().orElseThrow());
    return "none missed from "
        + from
        + " on, with "
        + missed.otherErrorsSince().get()
        + " errors of the other classes then";
  }

  private static String figure(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
