// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Writes the tables of {@link CorrectionStudy} below a line of a document, and nothing else. */
final class StudyTables {
  /** What follows this line is replaced. */
  static final String MARK = "<!-- Everything below is written by make correction-study. -->";

  private StudyTables() {}

  /** Replaces the tables of the document. */
  static void write(Path document, List<Map<String, Object>> records) throws IOException {
    String text = Files.readString(document, StandardCharsets.UTF_8);
    int mark = text.indexOf(MARK);
    if (mark < 0) {
      throw new IOException(document + " lacks the line " + MARK);
    }
    String above = text.substring(0, mark) + MARK + "\n";
    Files.writeString(document, above + tables(records), StandardCharsets.UTF_8);
  }

  /** One table a set, of the cells with the budget of its last one; means over the seeds. */
  static String tables(List<Map<String, Object>> records) {
    StringBuilder text = new StringBuilder();
    for (String set : values(records, "set", StudySet.NAMES)) {
      List<Map<String, Object>> all = with(records, "set", set);
      List<Map<String, Object>> ofSet = with(all, "budget", (String) all.getLast().get("budget"));
      text.append("\n## ").append(set).append(", ");
      text.append(ofSet.getFirst().get("trainSamples")).append(" training samples\n\n");
      text.append(
          "| start | corrector | seeds | errors at the start | at the floor | errors left | passes"
              + " | CPU s | val ACC | val AUC | patchedSamples, most |\n");
      text.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
      for (String start : StudyStarts.LEVELS) {
        for (String corrector : CorrectionStudy.CORRECTORS) {
          row(text, with(with(ofSet, "start", start), "corrector", corrector));
        }
      }
    }
    return text.toString();
  }

  private static void row(StringBuilder text, List<Map<String, Object>> cells) {
    if (cells.isEmpty()) {
      return;
    }
    long reached = cells.stream().filter(c -> Boolean.TRUE.equals(c.get("reached"))).count();
    double most = cells.stream().mapToDouble(c -> number(c, "patchedSamples")).max().orElse(0);
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %d | %.1f | %d of %d | %.1f | %.1f | %.1f | %+.3f | %+.3f | %.0f |%n",
            cells.getFirst().get("start"),
            cells.getFirst().get("corrector"),
            cells.size(),
            mean(cells, c -> number(c, "errorsBefore")),
            reached,
            cells.size(),
            mean(cells, c -> number(c, "errorsAfter")),
            mean(cells, c -> number(c, "passes")),
            mean(cells, c -> number(c, "cpuSeconds")),
            mean(cells, c -> number(c, "valAccAfter") - number(c, "valAccBefore")),
            mean(cells, c -> number(c, "valAucAfter") - number(c, "valAucBefore")),
            most));
  }

  private static double mean(
      List<Map<String, Object>> cells, Function<Map<String, Object>, Double> figure) {
    return cells.stream().mapToDouble(figure::apply).average().orElse(Double.NaN);
  }

  private static double number(Map<String, Object> cell, String key) {
    return ((Number) cell.get(key)).doubleValue();
  }

  private static List<Map<String, Object>> with(
      List<Map<String, Object>> records, String key, String value) {
    return records.stream().filter(record -> value.equals(record.get(key))).toList();
  }

  /** The values of a key: the known ones in their order, then others as they come. */
  private static List<String> values(
      List<Map<String, Object>> records, String key, List<String> known) {
    List<String> found = records.stream().map(r -> (String) r.get(key)).distinct().toList();
    List<String> sorted = new ArrayList<>(known);
    sorted.retainAll(found);
    found.stream().filter(value -> !known.contains(value)).forEach(sorted::add);
    return sorted;
  }
}
