// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.Json;
import dev.unerring.run.TrainedRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What all versions of a model had wrong: {@code unerring errors --history}. */
final class HistoryText {
  private static final int HASH = 12;

  private HistoryText() {}

  /** Everything. */
  static String json(TrainedRun run) {
    Map<String, Object> json = new LinkedHashMap<>(run.facts());
    json.put("version", (long) run.version());
    json.put("versions", run.versions());
    json.put("samples", run.regression().lines());
    return Json.pretty(json);
  }

  /** Two tables: the versions, and the samples that one of them had wrong. */
  static String table(TrainedRun run) {
    List<List<String>> versions = new ArrayList<>();
    versions.add(
        List.of(
            "version",
            "samples",
            "joined",
            "errors before",
            "training errors",
            "floor",
            "patched",
            "validation ACC",
            "AUC"));
    for (Object each : run.versions()) {
      Map<?, ?> version = (Map<?, ?>) each;
      Map<?, ?> val = (Map<?, ?>) version.get("val");
      List<String> row = new ArrayList<>();
      for (String key :
          List.of(
              "version",
              "trainSamples",
              "joined",
              "trainErrorsBefore",
              "trainErrors",
              "floor",
              "patchedSamples")) {
        row.add(version.get(key) == null ? "-" : String.valueOf(version.get(key)));
      }
      row.add(figure(val == null ? null : val.get("acc")));
      row.add(figure(val == null ? null : val.get("auc")));
      versions.add(row);
    }
    List<Map<String, Object>> lines = run.regression().lines();
    List<List<String>> samples = new ArrayList<>();
    samples.add(List.of("image", "sampleIndex", "givenLabel", "since", "wrong in"));
    for (Map<String, Object> line : lines) {
      String hash = String.valueOf(line.get("imageSha256"));
      samples.add(
          List.of(
              hash.substring(0, Math.min(HASH, hash.length())),
              String.valueOf(line.get("sampleIndex")),
              label(line.get("givenLabel"), run),
              "version " + line.get("since"),
              events(line, run)));
    }
    StringBuilder text = new StringBuilder();
    text.append(TextTable.of(versions));
    text.append('\n');
    text.append(lines.size())
        .append(lines.size() == 1 ? " training sample was" : " training samples were")
        .append(" wrong in a version\n");
    if (!lines.isEmpty()) {
      text.append(TextTable.of(samples));
    }
    run.patchNotice().ifPresent(notice -> text.append(notice).append('\n'));
    text.append("Whole hashes: regression.jsonl in ").append(run.model().getParent()).append('\n');
    return text.toString();
  }

  private static String events(Map<String, Object> line, TrainedRun run) {
    List<String> events = new ArrayList<>();
    for (Object each : (List<?>) line.get("wrong")) {
      Map<?, ?> event = (Map<?, ?>) each;
      String end =
          event.get("corrected") instanceof Map<?, ?> by
              ? "corrected by " + by.get("corrector") + " round " + by.get("round")
              : (Boolean.TRUE.equals(line.get("unavoidable")) ? "unavoidable" : "left")
                  + ", at the end as "
                  + label(event.get("predictedLabelAtEnd"), run);
      events.add(
          "version "
              + event.get("version")
              + " as "
              + label(event.get("predictedLabel"), run)
              + ", "
              + end);
    }
    return String.join("; ", events);
  }

  /** The number, and the name where it says more. */
  private static String label(Object label, TrainedRun run) {
    String number = String.valueOf(label);
    if (!(label instanceof Long index) || index < 0 || index >= run.labelNames().size()) {
      return number;
    }
    String name = run.labelNames().get(Math.toIntExact(index));
    return name.equals(number) ? number : number + " " + name;
  }

  private static String figure(Object value) {
    return value instanceof Number number // 1 is an integer in JSON
        ? String.format(Locale.ROOT, "%.3f", number.doubleValue())
        : "-";
  }
}
