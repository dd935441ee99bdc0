// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.DataException;
import dev.unerring.base.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The choices of a validation.
 *
 * @param seed of every draw
 * @param shift most positions that an image is shifted along an axis
 * @param fill what a shift brings in: -1 the pixels of the edge, else this value
 * @param brightness most that is added to or taken from all values
 * @param contrast factors in percent
 * @param symmetries names of flips and turns, {@code all}, or {@code manifest}: those that the
 *     manifest of the set states
 */
public record ValidationPlan(
    long seed,
    int shift,
    int fill,
    int brightness,
    List<Integer> contrast,
    List<String> symmetries) {
  /** In place of names: what the manifest of the set states. */
  public static final String MANIFEST = "manifest";

  private static final int MOST_PERCENT = 1_000;

  /** Copies the lists. */
  public ValidationPlan {
    contrast = List.copyOf(contrast);
    symmetries = List.copyOf(symmetries);
  }

  /** Where nothing else is said. */
  public static ValidationPlan standard() {
    return new ValidationPlan(
        0, 3, -1, 32, List.of(50, 60, 70, 80, 90, 110, 125, 150, 175, 200), List.of(MANIFEST));
  }

  /** The same with the flips and turns that are meant. */
  ValidationPlan with(List<String> names) {
    return new ValidationPlan(seed, shift, fill, brightness, contrast, names);
  }

  /** As JSON. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("seed", seed);
    json.put("shift", shift);
    json.put("fill", fill < 0 ? "edge" : fill);
    json.put("brightness", brightness);
    json.put("contrastPercent", contrast);
    json.put("symmetries", symmetries);
    return json;
  }

  /**
   * Reads a plan; what is left out is as in {@link #standard}.
   *
   * @param source file, for messages
   * @throws DataException where a key is unknown or a value out of range
   */
  public static ValidationPlan fromJson(String text, String source) {
    Object parsed;
    try {
      parsed = Json.parse(text);
    } catch (DataException e) {
      throw new DataException(source + ": " + e.getMessage(), e);
    }
    if (!(parsed instanceof Map<?, ?> given)) {
      throw new DataException(source + ": a plan is a JSON object");
    }
    Map<String, Object> json = standard().toJson();
    for (Map.Entry<?, ?> each : given.entrySet()) {
      if (!json.containsKey(each.getKey())) {
        throw new DataException(
            source
                + ": no key '"
                + each.getKey()
                + "' in the plan of a validation; there are "
                + String.join(", ", json.keySet()));
      }
      json.put((String) each.getKey(), each.getValue());
    }
    return new ValidationPlan(
        number(json, "seed", 0, (1L << 53) - 1, source),
        (int) number(json, "shift", 0, 8, source),
        "edge".equals(json.get("fill")) ? -1 : (int) number(json, "fill", 0, 255, source),
        (int) number(json, "brightness", 0, 255, source),
        numbers(json.get("contrastPercent"), source),
        names(json.get("symmetries"), source));
  }

  private static long number(
      Map<String, Object> json, String key, long least, long most, String source) {
    if (json.get(key) instanceof Number value
        && !(value instanceof Double)
        && value.longValue() >= least
        && value.longValue() <= most) {
      return value.longValue();
    }
    throw wrong(source, key, "a whole number from " + least + " to " + most);
  }

  private static List<Integer> numbers(Object value, String source) {
    if (value instanceof List<?> list
        && list.stream().allMatch(each -> each instanceof Number && !(each instanceof Double))) {
      List<Integer> numbers = list.stream().map(each -> ((Number) each).intValue()).toList();
      if (numbers.stream().allMatch(each -> each >= 0 && each <= MOST_PERCENT)) {
        return numbers;
      }
    }
    throw wrong(source, "contrastPercent", "a list of whole numbers from 0 to " + MOST_PERCENT);
  }

  private static List<String> names(Object value, String source) {
    if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
      return list.stream().map(String.class::cast).toList();
    }
    throw wrong(source, "symmetries", "a list of names");
  }

  private static DataException wrong(String source, String key, String what) {
    return new DataException(source + ": '" + key + "' is " + what);
  }
}
