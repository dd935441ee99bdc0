// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.DataException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Takes typed values out of a JSON object and refuses what is left over. */
final class PlanReader {
  private final String source;
  private final String prefix;
  private final Map<String, Object> left = new TreeMap<>();

  PlanReader(Object json, String source) {
    this(json, source, "");
  }

  /**
   * Reads a part of a plan.
   *
   * @param prefix of its keys, for messages
   */
  PlanReader(Object json, String source, String prefix) {
    this.source = source;
    this.prefix = prefix;
    if (!(json instanceof Map<?, ?> map)) {
      throw new DataException(
          source
              + (prefix.isEmpty()
                  ? ": a plan is a JSON object"
                  : ": the plan's '" + prefix.replace(".", "") + "' is not a JSON object"));
    }
    map.forEach((key, value) -> left.put((String) key, value));
  }

  String text(String key, String absent) {
    Object value = left.containsKey(key) ? left.remove(key) : absent;
    if (value instanceof String text) {
      return text;
    }
    throw wrong(key, "a text");
  }

  long integer(String key, long absent) {
    Object value = left.containsKey(key) ? left.remove(key) : Long.valueOf(absent);
    if (value instanceof Long number) {
      return number;
    }
    throw wrong(key, "an integer");
  }

  int small(String key, int absent) {
    long value = integer(key, absent);
    if (value != (int) value) {
      throw wrong(key, "a small integer");
    }
    return (int) value;
  }

  double real(String key, double absent) {
    Object value = left.containsKey(key) ? left.remove(key) : Double.valueOf(absent);
    if (value instanceof Double number && !number.isNaN() && !number.isInfinite()) {
      return number;
    }
    if (value instanceof Long number) {
      return number;
    }
    throw wrong(key, "a number");
  }

  boolean flag(String key, boolean absent) {
    Object value = left.containsKey(key) ? left.remove(key) : Boolean.valueOf(absent);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, "true or false");
  }

  List<Double> reals(String key, List<Double> absent) {
    if (!left.containsKey(key)) {
      return absent;
    }
    if (!(left.remove(key) instanceof List<?> list)) {
      throw wrong(key, "a list of numbers");
    }
    List<Double> numbers = new ArrayList<>();
    for (Object value : list) {
      if (!(value instanceof Number number)) {
        throw wrong(key, "a list of numbers");
      }
      numbers.add(number.doubleValue());
    }
    return numbers;
  }

  boolean has(String key) {
    return left.containsKey(key);
  }

  Object object(String key) {
    return left.containsKey(key) ? left.remove(key) : Map.of();
  }

  void refuseOthers() {
    if (!left.isEmpty()) {
      throw new DataException(
          source + ": unknown key '" + prefix + left.keySet().iterator().next() + "' in the plan");
    }
  }

  private DataException wrong(String key, String wanted) {
    return new DataException(source + ": the plan's '" + prefix + key + "' is not " + wanted);
  }
}
