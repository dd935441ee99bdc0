// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.Json;
import dev.unerring.report.SplitFigures;
import dev.unerring.report.SplitFigures.Accuracy;
import dev.unerring.report.VersionFigures;
import dev.unerring.report.WrongSample;
import dev.unerring.report.WrongSample.Event;
import dev.unerring.run.TrainedRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What all versions of a model had wrong: {@code unerring errors --history}. */
final class HistoryText {
  private static final int HASH = 12;

  private HistoryText() {}

  /** Everything. */
  static String json(TrainedRun run) {
    Map<String, Object> json = new LinkedHashMap<>(run.facts());
    json.put("version", run.report().line().version());
    json.put(
        "versions", run.report().line().versions().stream().map(VersionFigures::toJson).toList());
    json.put("samples", run.history().samples().stream().map(WrongSample::toJson).toList());
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
    for (VersionFigures each : run.report().line().versions()) {
      Optional<Accuracy> val = each.val().map(SplitFigures::accuracy);
      versions.add(
          List.of(
              String.valueOf(each.version()),
              String.valueOf(each.trainSamples()),
              String.valueOf(each.joined()),
              Summary.counted(each.errorsBefore(), "-"),
              Summary.counted(each.errors(), "-"),
              String.valueOf(each.floor()),
              Summary.counted(each.patchedSamples(), "-"),
              val.map(figures -> Summary.figure(figures.acc())).orElse("-"),
              val.flatMap(Accuracy::auc).map(Summary::figure).orElse("-")));
    }
    List<WrongSample> lines = run.history().samples();
    List<List<String>> samples = new ArrayList<>();
    samples.add(List.of("image", "sampleIndex", "givenLabel", "since", "wrong in"));
    for (WrongSample each : lines) {
      samples.add(
          List.of(
              each.imageSha256().substring(0, Math.min(HASH, each.imageSha256().length())),
              String.valueOf(each.sampleIndex()),
              label(each.givenLabel(), run),
              "version " + each.since(),
              events(each, run)));
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
    run.report().patchNotice().ifPresent(notice -> text.append(notice).append('\n'));
    text.append("Whole hashes: regression.jsonl in ").append(run.model().getParent()).append('\n');
    return text.toString();
  }

  private static String events(WrongSample sample, TrainedRun run) {
    List<String> events = new ArrayList<>();
    for (Event event : sample.wrong()) {
      String end =
          event
              .corrected()
              .map(by -> "corrected by " + by.corrector() + " round " + by.round())
              .orElseGet(() ->
                  (sample.unavoidable() ? "unavoidable" : "left")
                      + ", at the end as "
                      + label(event.predictedLabelAtEnd().orElseThrow(), run));
      String as = label(event.predictedLabel(), run);
      events.add("version " + event.version() + " as " + as + ", " + end);
    }
    return String.join("; ", events);
  }

  /** The number, and the name where it says more. */
  private static String label(List<Integer> label, TrainedRun run) {
    List<String> names = run.labelNames();
    boolean named = label.size() == 1 && label.getFirst() >= 0 && label.getFirst() < names.size();
    String number = label.size() == 1 ? String.valueOf(label.getFirst()) : label.toString();
    String name = named ? names.get(label.getFirst()) : number;
    return name.equals(number) ? number : number + " " + name;
  }
}
