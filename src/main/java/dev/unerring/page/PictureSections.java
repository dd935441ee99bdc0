// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static dev.unerring.export.RunRecords.list;
import static dev.unerring.export.RunRecords.maps;
import static dev.unerring.export.RunRecords.number;
import static dev.unerring.export.RunRecords.text;

import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.LabelledLogits;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Misclassification;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The samples that matter, as pictures. */
final class PictureSections {
  private static final int GROUPS = 12;
  private static final int MEMBERS = 8;
  private static final int HARDEST = 12;
  private static final int TEST_ERRORS = 24;
  private static final int NEIGHBOURS = 2;

  private PictureSections() {}

  static void add(Page page, Look look) {
    page.section("hardest", "The hardest training samples", html -> hardest(html, look));
    page.section("test-errors", "Test errors", html -> testErrors(html, look));
    page.section("twins", "Twins across splits", html -> Twins.write(html, look));
  }

  /** The proof of the floor: contradictory images side by side. */
  static void floor(Html html, Look look) {
    List<Map<?, ?>> conflicts = maps(look.audit(), "labelConflicts");
    html.p(
        "Identical images get identical answers. Where they carry different labels, all but the most"
            + " frequent label must be wrong. Added up over all such groups of training images, that is"
            + " the floor: %s.",
        text(look.audit(), "floor"));
    if (conflicts.isEmpty()) {
      html.p("No image of this set carries two different labels.");
      return;
    }
    conflicts.stream()
        .limit(GROUPS)
        .forEach(conflict -> {
          html.open("ul", "class", "samples").open("li").open("div", "class", "pair");
          maps(conflict, "samples").stream()
              .limit(MEMBERS)
              .forEach(sample -> sample(html, look, sample));
          html.close();
          list(conflict, "proofs").forEach(html::p);
          if (conflict.get("consequence") != null) {
            html.p(conflict.get("consequence"));
          }
          html.close().close();
        });
    if (conflicts.size() > GROUPS) {
      html.p("%d more groups stand in audit.json.", conflicts.size() - GROUPS);
    }
    html.p(
        "Which label is right is not known here: somebody who knows the images decides. Labels are"
            + " never changed.");
  }

  private static void sample(Html html, Look look, Map<?, ?> sample) {
    String split = text(sample, "split");
    int index = (int) number(sample, "sampleIndex");
    figure(html, look, split, index, List.of(split + "[" + index + "]", look.labels(sample)));
  }

  /** A sample with lines below it; the lines alone where there is no picture. */
  static void figure(Html html, Look look, String split, int index, List<String> lines) {
    Optional<Picture> picture = look.picture(split, index);
    if (picture.isPresent()) {
      Page.figure(html, picture.get(), "Image " + String.join(", ", lines), lines);
    } else {
      html.p(String.join(", ", lines));
    }
  }

  private static void hardest(Html html, Look look) {
    List<Map<String, String>> rows = beforeCorrection(look);
    html.tag("h3", "Errors before correction");
    html.p(
        "%d decisions were wrong before correction%s.",
        rows.size(), rows.size() > HARDEST ? "; the clearest " + HARDEST + " are shown" : "");
    List<Map<String, String>> shown = rows.stream().limit(HARDEST).toList();
    int[] samples =
        shown.stream()
            .mapToInt(row -> (int) RecordSections.value(row.get("sampleIndex")))
            .toArray();
    List<String> texts = new ArrayList<>();
    for (Map<String, String> row : shown) {
      texts.add(
          what(look, row)
              + "; margin "
              + FigureSections.figure(RecordSections.value(row.get("margin")))
              + "; "
              + row.get("category").replace('-', ' '));
    }
    withNeighbours(html, look, samples, texts);
    if (look.thorough()) {
      look.outcome("train").ifPresent(outcome -> margins(html, look, outcome));
    }
  }

  /** The errors before correction, the clearest first. */
  static List<Map<String, String>> beforeCorrection(Look look) {
    return look.records().table("errors.csv").stream()
        .filter(row -> !"final".equals(row.get("stage")))
        .sorted(Comparator.comparingDouble(row -> RecordSections.value(row.get("margin"))))
        .toList();
  }

  /** What is wrong with a decision. */
  static String what(Look look, Map<String, String> row) {
    int given = (int) RecordSections.value(row.get("givenLabel"));
    int predicted = (int) RecordSections.value(row.get("predictedLabel"));
    return look.severalLabels()
        ? "label "
            + look.label((int) RecordSections.value(row.get("column")))
            + ": given "
            + given
            + ", predicted "
            + predicted
        : "given " + look.label(given) + ", predicted " + look.label(predicted);
  }

  /** Samples that are right by the least. */
  private static void margins(Html html, Look look, LabelledLogits outcome) {
    Labels given = outcome.given();
    int[] samples =
        IntStream.range(0, outcome.samples())
            .boxed()
            .filter(n -> given.margin(outcome.logits(), n) > 0)
            .sorted(Comparator.comparingDouble(n -> given.margin(outcome.logits(), n)))
            .limit(HARDEST)
            .mapToInt(Integer::intValue)
            .toArray();
    html.tag("h3", "Right by the smallest margins");
    List<String> texts = new ArrayList<>();
    Split train = look.split("train").orElseThrow();
    for (int n : samples) {
      texts.add(
          look.labels(train.sample(n).labels())
              + "; margin "
              + FigureSections.figure(given.margin(outcome.logits(), n)));
    }
    withNeighbours(html, look, samples, texts);
  }

  /** Training samples, each beside the training images that are most like it. */
  private static void withNeighbours(Html html, Look look, int[] samples, List<String> texts) {
    if (samples.length == 0) {
      return;
    }
    Optional<Split> train = look.split("train");
    boolean valid =
        train.isPresent() && IntStream.of(samples).allMatch(n -> n >= 0 && n < train.get().size());
    boolean search = valid && (look.thorough() || Neighbours.isQuick(train.get(), samples.length));
    List<List<Neighbours.Neighbour>> nearest =
        search
            ? Neighbours.of(train.get(), samples, NEIGHBOURS, look.monitor())
            : Collections.nCopies(samples.length, List.of());
    html.p(
        search
            ? "Each stands beside the training images that are most like it (r: correlation)."
            : "The training images most like them were not looked for; 'unerring report' does that.");
    html.open("ul", "class", "samples");
    for (int i = 0; i < samples.length; i++) {
      html.open("li").open("div", "class", "pair");
      figure(html, look, "train", samples[i], List.of("train[" + samples[i] + "]", texts.get(i)));
      for (Neighbours.Neighbour other : nearest.get(i)) {
        figure(
            html,
            look,
            "train",
            other.sample(),
            List.of(
                "train[" + other.sample() + "]",
                look.labels(train.get().sample(other.sample()).labels()),
                "r " + FigureSections.figure(other.correlation())));
      }
      html.close().close();
    }
    html.close();
  }

  private static void testErrors(Html html, Look look) {
    Optional<LabelledLogits> outcome = look.outcome("test");
    if (outcome.isEmpty()) {
      FigureSections.absent(html, look);
      return;
    }
    ErrorList all = ErrorList.of(outcome.get().given(), outcome.get().logits());
    List<Misclassification> errors =
        all.errors().stream()
            .sorted(Comparator.comparingDouble(Misclassification::margin))
            .limit(TEST_ERRORS)
            .toList();
    html.p(
        "%d of %d test decisions are wrong%s. Test samples were not trained on; the model was not"
            + " chosen by them.",
        all.count(),
        all.decisions(),
        all.count() > errors.size() ? "; the clearest " + errors.size() + " are shown" : "");
    Split test = look.split("test").orElseThrow();
    boolean maps = !errors.isEmpty() && GradientMaps.has(look.network().orElseThrow());
    List<Picture> gradients =
        maps ? GradientMaps.of(look.network().get(), test, errors) : List.of();
    if (maps) {
      html.p(
          "Beside each error: the pixels whose change moves the answer most are bright (gradient of the"
              + " predicted logit less the given one). That shows what the network looks at, not why it is"
              + " wrong.");
    }
    boolean several = look.severalLabels();
    html.open("ul", "class", "samples");
    for (int i = 0; i < errors.size(); i++) {
      Misclassification error = errors.get(i);
      String what =
          several
              ? "label " + look.label(error.column()) + ": given " + error.givenLabel()
              : "given "
                  + look.label(error.givenLabel())
                  + ", predicted "
                  + look.label(error.predictedLabel());
      String place = "test[" + error.sampleIndex() + "]";
      html.open("li").open("div", "class", "pair");
      figure(
          html,
          look,
          "test",
          error.sampleIndex(),
          List.of(place, what, "margin " + FigureSections.figure(error.margin())));
      if (maps) {
        Page.figure(html, gradients.get(i), "Gradient map of " + place, List.of("gradient"));
      }
      html.close().close();
    }
    html.close();
  }
}
