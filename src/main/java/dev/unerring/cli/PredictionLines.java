// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.CsvField;
import dev.unerring.base.Json;
import dev.unerring.data.Task;
import dev.unerring.guard.Verdict;
import dev.unerring.run.Prediction;
import dev.unerring.run.TrainedModel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Predictions as lines: CSV with a header, or a JSON object each. */
final class PredictionLines {
  private static final String NO_GUARD = "no-guard";

  private final TrainedModel model;
  private final boolean multiLabel;
  private final Form form;
  private final Consumer<String> lines;
  private boolean begun;

  /** How lines are written. */
  enum Form {
    /** RFC 4180. */
    CSV,
    /** The same, and no name is a formula for a spreadsheet. */
    SAFE_CSV,
    /** A JSON object each. */
    JSON
  }

  /**
   * Lines of a model.
   *
   * @param lines takes each line, without its end
   */
  PredictionLines(TrainedModel model, Form form, Consumer<String> lines) {
    this.model = model;
    this.multiLabel = model.task() == Task.MULTI_LABEL;
    this.form = form;
    this.lines = lines;
  }

  /** Writes a line; before the first of a CSV the header, in which scores may be missing. */
  void write(Prediction prediction, Optional<Verdict> verdict) {
    boolean json = form == Form.JSON;
    if (!json && !begun) {
      String header = header(prediction.scores().size(), prediction.logits().size());
      lines.accept(header + (verdict.isPresent() ? ",nearest" : ""));
    }
    begun = true;
    lines.accept(json ? json(prediction, verdict) : csv(prediction, verdict));
  }

  private static String answer(Optional<Verdict> verdict) {
    return verdict.map(each -> each.answer().word()).orElse(NO_GUARD);
  }

  /** Training samples as sampleIndex:labels:distance, labels of a sample separated by plus. */
  private static String nearest(Verdict verdict) {
    return verdict.nearest().stream()
        .map(each ->
            each.sample()
                + ":"
                + joined(each.labels(), "+")
                + ":"
                + String.format(Locale.ROOT, "%.4f", each.distance()))
        .collect(Collectors.joining(" "));
  }

  private static List<Object> nearestObjects(Verdict verdict) {
    List<Object> all = new ArrayList<>();
    for (Verdict.Neighbour each : verdict.nearest()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("sampleIndex", each.sample());
      object.put("labels", each.labels());
      object.put("distance", each.distance());
      all.add(object);
    }
    return all;
  }

  private static String header(int scores, int logits) {
    StringBuilder header = new StringBuilder("file,index,label,name");
    for (int c = 0; c < scores; c++) {
      header.append(",score").append(c);
    }
    for (int c = 0; c < logits; c++) {
      header.append(",logit").append(c);
    }
    return header.append(",margin,answer").toString();
  }

  /** Of multi-label sets, labels are separated by blanks and names by semicolons. */
  private String csv(Prediction p, Optional<Verdict> verdict) {
    StringBuilder line = new StringBuilder(field(p.file())).append(',').append(p.index());
    line.append(',').append(joined(p.labels(), " "));
    line.append(',').append(field(String.join("; ", names(p))));
    p.scores().forEach(score -> line.append(',').append(score));
    p.logits().forEach(logit -> line.append(',').append(logit));
    line.append(',').append(p.margin()).append(',').append(answer(verdict));
    verdict.ifPresent(each -> line.append(',').append(nearest(each)));
    return line.toString();
  }

  private String field(String text) {
    return form == Form.SAFE_CSV ? CsvField.safe(text) : CsvField.quoted(text);
  }

  private String json(Prediction p, Optional<Verdict> verdict) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("file", p.file());
    object.put("index", p.index());
    object.put(multiLabel ? "labels" : "label", multiLabel ? p.labels() : p.labels().getFirst());
    object.put(multiLabel ? "names" : "name", multiLabel ? names(p) : names(p).getFirst());
    object.put("scores", p.scores().isEmpty() ? null : p.scores());
    object.put("logits", p.logits().stream().map(PredictionLines::shortest).toList());
    object.put("margin", shortest(p.margin()));
    object.put("answer", answer(verdict));
    verdict.ifPresent(each -> object.put("nearest", nearestObjects(each)));
    return Json.canonical(object);
  }

  private List<String> names(Prediction p) {
    return p.labels().stream().map(model.labelNames()::get).toList();
  }

  private static String joined(List<Integer> numbers, String separator) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(separator));
  }

  /** The fewest digits that make the binary32 number again. */
  private static double shortest(float value) {
    return Double.parseDouble(Float.toString(value));
  }
}
