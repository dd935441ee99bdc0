// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import dev.unerring.data.DatasetFacts;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.SplitSummary;
import dev.unerring.data.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The two forms of an audit: JSON with everything, text for a terminal with long lists cut. */
final class AuditReport {
  private static final int SHOWN = 20;

  private final LabelAudit audit;
  private final DatasetFacts facts;
  private final StringBuilder out = new StringBuilder();

  private AuditReport(LabelAudit audit, DatasetFacts facts) {
    this.audit = audit;
    this.facts = facts;
  }

  static Map<String, Object> json(LabelAudit audit, DatasetFacts facts) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.putAll(facts.toJson());
    json.put("splits", audit.splits().stream().map(SplitSummary::toJson).toList());
    json.put("floor", audit.floor());
    json.put("floorAfterPreprocessing", audit.floorAfterPreprocessing());
    if (facts.task() == Task.MULTI_LABEL) {
      List<Object> floors = new ArrayList<>();
      for (int floor : audit.floorByLabel()) {
        floors.add(floor);
      }
      json.put("floorByLabel", floors);
      json.put("sampleFloor", audit.sampleFloor());
      json.put("sampleErrorsAtGoals", audit.sampleErrorsAtGoals());
    }
    json.put("labelConflicts", audit.conflicts().stream().map(LabelConflict::toJson).toList());
    json.put(
        "identicalImages",
        audit.groups().stream()
            .map(group -> group.samples().stream().map(LabelledSample::toJson).toList())
            .toList());
    json.put(
        "constantImages", audit.constantImages().stream().map(LabelledSample::toJson).toList());
    json.put("warnings", audit.warnings());
    json.put("findings", audit.findings().stream().map(Finding::toJson).toList());
    json.put("pixels", audit.pixels().stream().map(PixelSummary::toJson).toList());
    json.put(
        "saturatedImages",
        audit.pixels().stream()
            .flatMap(split -> split.saturated().stream())
            .map(LabelledSample::toJson)
            .toList());
    return json;
  }

  static String text(LabelAudit audit, DatasetFacts facts) {
    AuditReport report = new AuditReport(audit, facts);
    report.head();
    report.counts();
    report.pixels();
    report.identicalImages();
    report.conflicts();
    report.floor();
    report.list("Constant images", audit.constantImages());
    report.list("Warnings", audit.warnings());
    return report.out.toString();
  }

  private void head() {
    line("Audit of " + facts.name() + ": " + facts.notice());
    line("  SHA-256   " + facts.sha256());
    line("  content   " + facts.contentSha256() + " (SHA-256 of the decoded arrays)");
    line(
        "  task      "
            + facts.task().manifestName()
            + ", "
            + facts.labelNames().size()
            + (facts.task() == Task.MULTI_LABEL ? " labels" : " classes")
            + "; images "
            + facts.imageText()
            + ", uint8; licence "
            + facts.licence());
  }

  private void counts() {
    boolean multiLabel = facts.task() == Task.MULTI_LABEL;
    line("");
    line(row("Samples", audit.splits().stream().map(SplitSummary::name).toList()));
    line(row("  all", audit.splits().stream().map(s -> String.valueOf(s.samples())).toList()));
    int empty = 0;
    for (int i = 0; i < facts.labelNames().size(); i++) {
      int number = i;
      boolean absent = audit.splits().stream().allMatch(s -> s.histogram().get(number) == 0);
      empty += absent ? 1 : 0;
      if (absent && empty > SHOWN) {
        continue;
      }
      line(
          row(
              "  " + (multiLabel ? "label " : "class ") + i + " " + facts.labelNames().get(i),
              audit.splits().stream()
                  .map(s -> String.valueOf(s.histogram().get(number)))
                  .toList()));
    }
    if (empty > SHOWN) {
      line("  and " + (empty - SHOWN) + " more without a sample");
    }
    line(
        row(
            multiLabel ? "  majority answer is right" : "  share of the largest class",
            audit.splits().stream()
                .map(s -> String.format(Locale.ROOT, "%.3f", s.majorityShare()))
                .toList()));
    line(
        row(
            multiLabel ? "  most frequent / rarest label" : "  largest / smallest class",
            audit.splits().stream()
                .map(s -> String.format(Locale.ROOT, "%.1f", s.imbalance()))
                .toList()));
  }

  private void pixels() {
    line("");
    line(row("Pixel values", audit.pixels().stream().map(PixelSummary::split).toList()));
    line(row("  lowest", cells(PixelSummary::lowest)));
    line(row("  highest", cells(PixelSummary::highest)));
    line(row("  mean", cells(split -> String.format(Locale.ROOT, "%.1f", split.mean()))));
    line(row("  saturated images", cells(split -> split.saturated().size())));
    for (PixelSummary split : audit.pixels()) {
      if (split.holdsMasks()) {
        line(
            "  "
                + split.split()
                + ": "
                + (split.ends() == 1
                    ? "values are 0 and 255 only"
                    : "nearly all values are 0 or 255")
                + " (masks); none counts as saturated");
      }
    }
  }

  private List<String> cells(Function<PixelSummary, Object> cell) {
    return audit.pixels().stream().map(cell).map(String::valueOf).toList();
  }

  private static String row(String name, List<String> cells) {
    String shortName = name.length() > 38 ? name.substring(0, 35) + "..." : name;
    return cells.stream()
        .map(cell -> String.format(Locale.ROOT, "%9s", cell))
        .collect(Collectors.joining("", String.format(Locale.ROOT, "%-38s", shortName), ""));
  }

  private void identicalImages() {
    long within = audit.groups().stream().filter(ImageGroup::withinOneSplit).count();
    list(
        "Groups of identical images ("
            + within
            + " within one split, "
            + (audit.groups().size() - within)
            + " across splits)",
        audit.groups().stream()
            .map(group ->
                group.samples().stream()
                        .limit(SHOWN)
                        .map(LabelledSample::toString)
                        .collect(Collectors.joining(" = "))
                    + (group.samples().size() > SHOWN
                        ? " = " + (group.samples().size() - SHOWN) + " more"
                        : ""))
            .toList());
  }

  private void conflicts() {
    List<String> lines = new ArrayList<>();
    for (LabelConflict conflict : audit.conflicts()) {
      StringBuilder text = new StringBuilder();
      text.append(
          conflict.samples().stream()
              .limit(SHOWN)
              .map(LabelledSample::toString)
              .collect(Collectors.joining(", ")));
      if (conflict.samples().size() > SHOWN) {
        text.append(" and ").append(conflict.samples().size() - SHOWN).append(" more");
      }
      text.append(conflict.samples().size() == 2 ? " are identical" : " are all identical");
      conflict
          .goalLabels()
          .ifPresent(goal ->
              text.append("; goal label ")
                  .append(goal.size() == 1 ? goal.getFirst().toString() : goal.toString()));
      conflict.proofs().forEach(proof -> text.append("\n    ").append(proof));
      conflict.consequence().ifPresent(what -> text.append("\n    ").append(what));
      lines.add(text.toString());
    }
    list("Label conflicts: identical images with different labels", lines);
    if (!lines.isEmpty()) {
      line("  Which of the labels is right is not known here.");
    }
  }

  private void floor() {
    long groups = audit.conflicts().stream().filter(c -> c.trainErrorsAtLeast() > 0).count();
    line("");
    line("Floor of training errors: " + audit.floor());
    line(
        "  After the network's preprocessing: "
            + audit.floorAfterPreprocessing()
            + " (it keeps all 256 byte values apart; networks deng-N scale otherwise, their runs"
            + " count anew).");
    line(
        groups == 0
            ? "  No two identical training images carry different labels: zero errors are possible."
            : "  Proof: one image always gets one answer, so "
                + (groups == 1 ? "the group" : "each of the " + groups + " groups")
                + " above with \"must be wrong\" costs at least that many errors, "
                + audit.floor()
                + " in all.");
    if (facts.task() == Task.MULTI_LABEL && audit.floor() > 0) {
      List<String> floors = new ArrayList<>();
      for (int i = 0; i < audit.floorByLabel().length; i++) {
        floors.add(facts.labelNames().get(i) + " " + audit.floorByLabel()[i]);
      }
      line("  By label: " + String.join(", ", floors));
      line("  " + audit.sampleFloorText());
    }
  }

  /** A headed list, cut after {@link #SHOWN} elements. */
  private void list(String title, List<?> elements) {
    line("");
    line(title + ": " + (elements.isEmpty() ? "none" : elements.size()));
    elements.stream().limit(SHOWN).forEach(element -> line("  " + element));
    if (elements.size() > SHOWN) {
      line("  and " + (elements.size() - SHOWN) + " more, all in audit.json");
    }
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
