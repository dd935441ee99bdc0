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
import dev.unerring.report.WrongSample;
import dev.unerring.report.WrongSample.Event;
import dev.unerring.report.WrongSample.Round;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The training samples that any version of a model had wrong, by sampleIndex, which is the same in
 * all versions: regression.jsonl, a line each.
 */
public final class ErrorHistory {
  static final String FILE = "regression.jsonl";

  private final TreeMap<Integer, WrongSample> samples = new TreeMap<>();

  private ErrorHistory() {}

  /** Nothing was ever wrong. */
  static ErrorHistory none() {
    return new ErrorHistory();
  }

  /**
   * Reads the lines.
   *
   * @param source for messages
   * @throws DataException where they are not what a run writes
   */
  static ErrorHistory parse(String text, String source) {
    ErrorHistory read = new ErrorHistory();
    List<String> lines = text.lines().toList();
    for (int n = 0; n < lines.size(); n++) {
      String place = source + ", line " + (n + 1);
      try {
        WrongSample sample = WrongSample.fromJson(Json.parse(lines.get(n)), place);
        read.samples.put(sample.sampleIndex(), sample);
      } catch (DataException e) {
        throw new DataException(
            place + ", is not what a run writes: " + e.getMessage() + "; put the right file back",
            e);
      }
    }
    return read;
  }

  /** The samples, by sampleIndex. */
  public List<WrongSample> samples() {
    return List.copyOf(samples.values());
  }

  /** The file. */
  String text() {
    StringBuilder text = new StringBuilder();
    samples.values().forEach(sample -> text.append(Json.canonical(sample.toJson())).append('\n'));
    return text.toString();
  }

  /**
   * The history with what one more version did.
   *
   * @param lineage of that version
   * @param goals the goal labels, on a tie what it answers at its end
   * @param found errors before its correction
   * @param last errors that it ends with
   */
  ErrorHistory after(
      Lineage lineage,
      Split train,
      Labels goals,
      ErrorList found,
      List<CorrectionResult> corrections,
      ErrorList last) {
    ErrorHistory next = new ErrorHistory();
    next.samples.putAll(samples);
    Credit credit = new Credit(corrections);
    TreeMap<Integer, List<Misclassification>> atEnd = bySample(last);
    TreeMap<Integer, List<Misclassification>> wrong = new TreeMap<>(atEnd);
    wrong.putAll(bySample(found));
    wrong.forEach((sample, errors) -> {
      Optional<List<Integer>> left =
          Optional.ofNullable(atEnd.get(sample)).map(each -> predicted(train, sample, each));
      Event event =
          new Event(
              lineage.version(),
              predicted(train, sample, errors),
              left.isPresent() ? Optional.empty() : Optional.of(credit.of(sample)),
              left);
      List<Integer> given = row(train, sample);
      WrongSample known = samples.get(sample);
      List<Event> events = new ArrayList<>(known == null ? List.of() : known.wrong());
      events.add(event);
      next.samples.put(
          sample,
          known == null
              ? new WrongSample(
                  Admission.imageSha256(train, sample),
                  sample,
                  given,
                  lineage.since(sample),
                  !given.equals(goal(goals, sample)),
                  events,
                  Map.of())
              : known.with(events));
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

  private static List<Integer> goal(Labels goals, int sample) {
    int from = sample * goals.columns();
    return Arrays.stream(goals.values(), from, from + goals.columns()).boxed().toList();
  }

  private static List<Integer> row(Split train, int sample) {
    List<Integer> row = new ArrayList<>();
    for (int column = 0; column < train.labelCount(); column++) {
      row.add(train.label(sample, column));
    }
    return row;
  }

  private static List<Integer> predicted(Split train, int sample, List<Misclassification> errors) {
    List<Integer> row = row(train, sample);
    errors.forEach(error -> row.set(error.column(), error.predictedLabel()));
    return row;
  }

  /** Which round made a sample right: the first after the last whose best state had it wrong. */
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

    Round of(int sample) {
      if (rounds.isEmpty()) { // patches that reached a new image were taken away
        return new Round("patches-removed", 0);
      }
      int index = lastWrong.containsKey(sample) ? lastWrong.get(sample) + 1 : 0;
      CorrectionRound round = rounds.get(Math.min(index, rounds.size() - 1));
      return new Round(round.corrector(), round.round());
    }
  }
}
