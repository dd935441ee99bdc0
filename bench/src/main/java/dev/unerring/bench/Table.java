// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures as text. */
final class Table {
  private Table() {}

  /** One figure as it comes in. */
  static String line(Row row) {
    return String.format(
        Locale.ROOT,
        "%-12s %-66s %10s %-3s [%s .. %s, n=%d]%s",
        row.benchmark(),
        parameters(row),
        number(row.median()),
        row.unit(),
        number(row.min()),
        number(row.max()),
        row.samples().length,
        row.work() > 0 ? "  " + number(row.rate()) + " " + row.workUnit() + "/s" : "");
  }

  /** All figures, peers beside ours, then the targets. */
  static String of(Results results, List<Targets.Outcome> outcomes) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        List.of(
            "what",
            "median",
            "min",
            "max",
            "n",
            "unit",
            "rate",
            "of limit",
            "B/op",
            "peer",
            "ratio"));
    for (Row row : results.rows()) {
      var peer = results.peer(row);
      lines.add(
          List.of(
              row.benchmark() + " " + parameters(row),
              number(row.median()),
              number(row.min()),
              number(row.max()),
              Integer.toString(row.samples().length),
              row.unit(),
              row.work() > 0 ? number(row.rate()) + " " + row.workUnit() + "/s" : "",
              results.share(row).map(Table::percent).orElse(""),
              Double.isNaN(row.allocated()) ? "" : number(row.allocated()),
              peer.map(p -> p.parameter("engine") + " " + number(p.median())).orElse(""),
              peer.map(p -> times(p.seconds() / row.seconds())).orElse("")));
    }
    StringBuilder text = new StringBuilder(columns(lines));
    results.missing().forEach((what, why) -> text.append(what + ": skipped, " + why + "\n"));
    lines.clear();
    lines.add(List.of("what", "target", "", "reached", "ours", "peer", "ratio"));
    for (Targets.Outcome o : outcomes) {
      lines.add(
          List.of(o.what(), o.target(), o.status(), o.reached(), o.ours(), o.peer(), o.ratio()));
    }
    text.append("\n").append(columns(lines));
    results.failures().forEach(failure -> text.append("FAILED: " + failure + "\n"));
    return text.toString();
  }

  private static String columns(List<List<String>> lines) {
    int[] widths = new int[lines.getFirst().size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder one = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        one.append(line.get(i)).repeat(' ', widths[i] - line.get(i).length() + 2);
      }
      text.append(one.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private static String parameters(Row row) {
    Map<String, String> parameters = row.parameters();
    return parameters.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  static String times(double ratio) {
    return String.format(Locale.ROOT, "%.2fx", ratio);
  }

  /** Three or four significant digits. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }
}
