// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.audit.Admission;
import dev.unerring.base.Json;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.CorrectionRound;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Misclassification;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The training samples that any version of a model got wrong, when it was counted: a line each in
 * regression.jsonl, with the SHA-256 of the image, and for each such version what was answered and
 * which round of which corrector made it right.
 */
public final class Regression {
  static final String FILE = "regression.jsonl";
  private static final String WRONG = "wrong";

  /** By sampleIndex, which is the same in all versions. */
  private final TreeMap<Integer, Map<String, Object>> lines = new TreeMap<>();

  private Regression() {}

  /** Nothing was ever wrong. */
  static Regression none() {
    return new Regression();
  }

  /**
   * Reads the lines.
   *
   * @param source for messages
   * @throws DataException where they are not what a run writes
   */
  static Regression parse(String text, String source) {
    Regression read = new Regression();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (!(json(line, source, number) instanceof Map<?, ?> map)
          || !(map.get("sampleIndex") instanceof Long index)
          || index < 0
          || index > Integer.MAX_VALUE
          || !(map.get(WRONG) instanceof List<?> events)
          || !events.stream().allMatch(event -> event instanceof Map<?, ?>)) {
        throw damaged(source, "line " + number + " is not one of a sample", null);
      }
      Map<String, Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put((String) key, value));
      read.lines.put(Math.toIntExact(index), copy);
    }
    return read;
  }

  private static Object json(String line, String source, int number) {
    try {
      return Json.parse(line);
    } catch (DataException e) {
      throw damaged(source, "line " + number + " of the file: " + e.getMessage(), e);
    }
  }

  private static DataException damaged(String source, String reason, DataException cause) {
    return new DataException(
        source + " is not what a run writes: " + reason + "; put the right file back", cause);
  }

  /** The lines as JSON objects, by sampleIndex. */
  public List<Map<String, Object>> lines() {
    return List.copyOf(lines.values());
  }

  /** The file. */
  String text() {
    StringBuilder text = new StringBuilder();
    lines.values().forEach(line -> text.append(Json.canonical(line)).append('\n'));
    return text.toString();
  }

  /**
   * The lines with what one more version did.
   *
   * @param lineage of that version
   * @param goals the goal labels, on a tie what it answers at its end
   * @param found errors before its correction
   * @param last errors that it ends with
   */
  Regression after(
      Lineage lineage,
      Split train,
      Labels goals,
      ErrorList found,
      List<CorrectionResult> corrections,
      ErrorList last) {
    Regression next = new Regression();
    next.lines.putAll(lines);
    Credit credit = new Credit(corrections);
    TreeMap<Integer, List<Misclassification>> atFirst = bySample(found);
    TreeMap<Integer, List<Misclassification>> atEnd = bySample(last);
    TreeMap<Integer, List<Misclassification>> wrong = new TreeMap<>(atEnd);
    wrong.putAll(atFirst);
    wrong.forEach((sample, errors) -> {
      Map<String, Object> event = new LinkedHashMap<>();
      event.put("version", (long) lineage.version());
      event.put("predictedLabel", predicted(train, sample, errors));
      boolean left = atEnd.containsKey(sample);
      event.put("corrected", left ? null : credit.of(sample));
      if (left) {
        event.put("predictedLabelAtEnd", predicted(train, sample, atEnd.get(sample)));
      }
      Map<String, Object> line =
          new LinkedHashMap<>(
              lines.getOrDefault(sample, line(train, goals, sample, lineage.since(sample))));
      List<Object> events = new ArrayList<>((List<?>) line.get(WRONG));
      events.add(event);
      line.put(WRONG, events);
      next.lines.put(sample, line);
    });
    return next;
  }

  private static TreeMap<Integer, List<Misclassification>> bySample(ErrorList errors) {
    TreeMap<Integer, List<Misclassification>> bySample = new TreeMap<>();
    for (Misclassification error : errors.errors()) {
      bySample.computeIfAbsent(error.sampleIndex(), sample -> new ArrayList<>()).add(error);
    }
    return bySample;
  }

  private static Map<String, Object> line(Split train, Labels goals, int sample, int since) {
    int[] given = row(train, sample);
    int from = sample * goals.columns();
    int[] goal = Arrays.copyOfRange(goals.values(), from, from + goals.columns());
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("imageSha256", Admission.imageSha256(train, sample));
    line.put("sampleIndex", (long) sample);
    line.put("givenLabel", json(given));
    line.put("since", (long) since);
    line.put("unavoidable", !Arrays.equals(given, goal));
    line.put(WRONG, List.of());
    return line;
  }

  private static int[] row(Split train, int sample) {
    int[] row = new int[train.labelCount()];
    Arrays.setAll(row, column -> train.label(sample, column));
    return row;
  }

  private static Object predicted(Split train, int sample, List<Misclassification> errors) {
    int[] row = row(train, sample);
    errors.forEach(error -> row[error.column()] = error.predictedLabel());
    return json(row);
  }

  /** A number, or the list of all columns. */
  private static Object json(int[] row) {
    return row.length == 1
        ? (Object) (long) row[0]
        : Arrays.stream(row).mapToObj(each -> (Object) (long) each).toList();
  }

  /** Which round made a sample right: the first after the last whose best moment had it wrong. */
  private static final class Credit {
    private final List<CorrectionRound> rounds;
    private final TreeMap<Integer, Integer> lastWrong = new TreeMap<>();

    Credit(List<CorrectionResult> corrections) {
      rounds = corrections.stream().flatMap(each -> each.rounds().stream()).toList();
      for (int i = 0; i < rounds.size(); i++) {
        for (int sample : rounds.get(i).wrong()) {
          lastWrong.put(sample, i);
        }
      }
    }

    Map<String, Object> of(int sample) {
      Map<String, Object> by = new LinkedHashMap<>();
      if (rounds.isEmpty()) { // patches that reached a new image were taken away
        by.put("corrector", "patches-removed");
        by.put("round", 0L);
        return by;
      }
      int index = lastWrong.containsKey(sample) ? lastWrong.get(sample) + 1 : 0;
      CorrectionRound round = rounds.get(Math.min(index, rounds.size() - 1));
      by.put("corrector", round.corrector());
      by.put("round", (long) round.round());
      return by;
    }
  }
}
