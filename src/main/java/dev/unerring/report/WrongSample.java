// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.FLAG;
import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.list;
import static dev.unerring.base.JsonForm.object;

import dev.unerring.base.JsonForm;
import dev.unerring.base.JsonForm.Place;
import dev.unerring.base.JsonForm.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training sample that a version of a model had wrong, when it was counted: a line of
 * regression.jsonl. A label is one number, or one a column of a multi-label set.
 *
 * @param imageSha256 of its pixels
 * @param sampleIndex the same in all versions
 * @param givenLabel its label
 * @param since the version in which it joined
 * @param unavoidable whether an identical image has another label, so that it stays wrong
 * @param wrong each version that had it wrong, in order
 * @param others what this software does not know of it
 */
public record WrongSample(
    String imageSha256,
    int sampleIndex,
    List<Integer> givenLabel,
    int since,
    boolean unavoidable,
    List<Event> wrong,
    Map<String, Object> others) {
  private static final Type<List<Integer>> NUMBERS = list(INTEGER, "integers");
  private static final Type<List<Integer>> LABEL =
      new Type<>(
          (json, place, none) ->
              json instanceof List<?>
                  ? NUMBERS.read().read(json, place, none)
                  : List.of(INTEGER.read().read(json, place, null)),
          label -> label.size() == 1 ? (long) label.getFirst() : NUMBERS.write().apply(label));

  /**
   * A version had it wrong before its correction.
   *
   * @param version its number
   * @param predictedLabel what it answered
   * @param corrected what made it right; empty where it stayed wrong
   * @param predictedLabelAtEnd what it answered after correction, where it stayed wrong
   */
  public record Event(
      int version,
      List<Integer> predictedLabel,
      Optional<Round> corrected,
      Optional<List<Integer>> predictedLabelAtEnd) {
    private static Event form(JsonForm f, Event v) {
      return new Event(
          f.value("version", INTEGER, () -> v.version),
          f.value("predictedLabel", LABEL, () -> v.predictedLabel),
          f.nullable("corrected", object(Round::form), () -> v.corrected),
          f.optional("predictedLabelAtEnd", LABEL, () -> v.predictedLabelAtEnd));
    }
  }

  /**
   * A round of correction.
   *
   * @param corrector its name
   * @param round its number, from 1; 0 where taking patches away was enough
   */
  public record Round(String corrector, int round) {
    private static Round form(JsonForm f, Round v) {
      return new Round(
          f.value("corrector", TEXT, () -> v.corrector), f.value("round", INTEGER, () -> v.round));
    }
  }

  /** The same sample with other events. */
  public WrongSample with(List<Event> events) {
    return new WrongSample(
        imageSha256, sampleIndex, givenLabel, since, unavoidable, events, others);
  }

  /** The JSON object of the line. */
  public Map<String, Object> toJson() {
    return JsonForm.write(WrongSample::form, this);
  }

  /**
   * Reads the JSON object of a line.
   *
   * @param source of the line, for messages
   * @throws dev.unerring.DataException where it is something else
   */
  public static WrongSample fromJson(Object json, String source) {
    return JsonForm.read(WrongSample::form, json, new Place(source, "sample", false), null);
  }

  private static WrongSample form(JsonForm f, WrongSample v) {
    return new WrongSample(
        f.value("imageSha256", TEXT, () -> v.imageSha256),
        f.value("sampleIndex", INTEGER, () -> v.sampleIndex),
        f.value("givenLabel", LABEL, () -> v.givenLabel),
        f.value("since", INTEGER, () -> v.since),
        f.value("unavoidable", FLAG, () -> v.unavoidable),
        f.value("wrong", list(object(Event::form), "objects"), () -> v.wrong),
        f.others(() -> v.others));
  }
}
