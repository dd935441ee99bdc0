// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.list;
import static dev.unerring.export.RunRecords.map;
import static dev.unerring.export.RunRecords.maps;
import static dev.unerring.export.RunRecords.number;
import static dev.unerring.export.RunRecords.text;

import dev.unerring.audit.LabelAudit;
import dev.unerring.base.EngineVersion;
import dev.unerring.export.ModelExport;
import dev.unerring.twins.TwinAudit;
import dev.unerring.twins.TwinKind;
import dev.unerring.twins.TwinPair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The page of a data set alone. */
final class AuditPage {
  private static final int PAIRS = 24;

  private AuditPage() {}

  static String of(Look look, LabelAudit audit, Optional<TwinAudit> twins) {
    String name = text(look.audit(), "data");
    Page page = new Page("Data set " + name, html -> first(html, look));
    page.section(
        "floor", "Contradictions and the floor", html -> PictureSections.floor(html, look));
    page.section("classes", "Classes by split", html -> classes(html, look));
    page.section("findings", "Findings, and what to do", html -> findings(html, look));
    page.section("twins", "Twins across splits", html -> twins(html, look, audit, twins));
    page.section("file", "The file", html -> file(html, look));
    return page.html(EngineVersion.number());
  }

  private static void first(Html html, Look look) {
    double floor = number(look.audit(), "floor");
    int conflicts = list(look.audit(), "labelConflicts").size();
    html.open("div", "class", conflicts == 0 ? "verdict good" : "verdict");
    html.tag(
        "strong",
        conflicts == 0
            ? "No contradiction"
            : conflicts == 1 ? "One contradiction" : conflicts + " contradictions");
    html.text(
        floor == 0
            ? "A classifier without any training error is possible."
            : "At least "
                + text(look.audit(), "floor")
                + " training decisions must be wrong, whatever a classifier answers.");
    html.close();
    html.open("p").tag("strong", ModelExport.NOTICE, "class", "notice").close();
    html.p("Nothing of the data was changed. Which of two labels is right is not known here.");
  }

  private static void classes(Html html, Look look) {
    List<String> head = new ArrayList<>(List.of("class"));
    List<Map<?, ?>> splits = maps(look.audit(), "splits");
    splits.forEach(split -> head.add(text(split, "split")));
    List<List<String>> rows = new ArrayList<>();
    int classes = list(look.audit(), "labels").size();
    for (int c = 0; c < classes; c++) {
      List<String> row = new ArrayList<>(List.of(look.label(c)));
      for (Map<?, ?> split : splits) {
        List<?> counts = list(split, "histogram");
        row.add(c < counts.size() ? String.valueOf(counts.get(c)) : "–");
      }
      rows.add(row);
    }
    List<String> all = new ArrayList<>(List.of("samples"));
    splits.forEach(split -> all.add(text(split, "samples")));
    rows.add(all);
    Page.table(html, "Samples of each class in each split", head, rows, false);
  }

  private static void findings(Html html, Look look) {
    List<List<String>> rows = new ArrayList<>();
    for (Map<?, ?> each : maps(look.audit(), "findings")) {
      rows.add(List.of(text(each, "message"), advice(text(each, "code"))));
    }
    if (!list(look.audit(), "labelConflicts").isEmpty()) {
      rows.add(
          List.of(
              "Identical images carry different labels.",
              "Ask somebody who knows the images; keep one label, or train to the floor."));
    }
    if (rows.isEmpty()) {
      html.p("Nothing that a reader must know before training.");
      return;
    }
    Page.table(html, "Findings", List.of("finding", "what to do"), rows, true);
  }

  private static String advice(String code) {
    return switch (code) {
      case "class-without-samples" -> "Add samples of it, or number the classes without gaps.";
      case "one-class" -> "Add samples of another class.";
      case "all-identical" -> "Check how the images came into the file.";
      case "constant-images" -> "Look at these images; leave broken ones out.";
      case "saturated-images" -> "Check the scaling to 8 bits; values may be cut off.";
      case "imbalance" -> "Read sensitivity by class; weigh classes with --class-weights.";
      case "unusual-split" -> "Check how the samples were divided.";
      case "nearly-black-images" -> "Check whether values 0 to 1 were stored as bytes.";
      case "one-hot-labels" -> "If each image has one class, store its number instead.";
      default -> "Read the audit.";
    };
  }

  private static void twins(Html html, Look look, LabelAudit audit, Optional<TwinAudit> twins) {
    html.p(
        "A test image that is also a training image, or nearly one, says little about new images."
            + " Leave one of the two out, or keep all images of a patient in one split ('unerring datasets"
            + " pack --group').");
    if (twins.isEmpty()) {
      Twins.identical(html, look);
      html.p("Flips, turns and near-twins were not searched: --deep does that.");
      return;
    }
    List<TwinPair> pairs =
        twins.get().pairs(audit).stream()
            .filter(pair -> !pair.first().split().equals(pair.second().split()))
            .sorted(Comparator.comparing(TwinPair::sameLabel))
            .toList();
    for (TwinKind kind : List.of(TwinKind.IDENTICAL, TwinKind.FLIPPED, TwinKind.NEAR)) {
      List<TwinPair> some = pairs.stream().filter(pair -> pair.kind() == kind).toList();
      html.tag("h3", heading(kind) + ": " + some.size());
      Twins.pairs(html, look, some.subList(0, Math.min(PAIRS, some.size())));
      if (some.size() > PAIRS) {
        html.p("%d more: 'unerring audit --csv' lists them.", some.size() - PAIRS);
      }
    }
  }

  private static String heading(TwinKind kind) {
    return switch (kind) {
      case IDENTICAL -> "Identical";
      case FLIPPED -> "Equal up to a flip or turn";
      case NEAR -> "Nearly equal (correlation of at least " + TwinAudit.NEAR + ")";
      case ALIKE -> "Alike (correlation of at least " + TwinAudit.ALIKE + ")";
    };
  }

  private static void file(Html html, Look look) {
    List<List<String>> rows = new ArrayList<>();
    for (String key : List.of("file", "task", "imageShape", "licence", "sha256", "contentSha256")) {
      rows.add(List.of(key, text(look.audit(), key)));
    }
    Page.table(html, "The file that was audited", List.of("what", "value"), rows, true);
    if (!map(look.audit(), "twins").isEmpty()) {
      html.p("Twins: 'unerring audit --json' has all counts.");
    }
  }
}
