// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import dev.unerring.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Takes typed values out of a JSON object. Every getter throws a {@link DataException} that names
 * the source and the key where the value is absent or has another type.
 */
public final class JsonFields {
  private final String source;
  private final String what;
  private final String prefix;
  private final Map<String, Object> left = new TreeMap<>();

  /**
   * Reads the object at the top of a file.
   *
   * @param source name of the file, for messages
   * @param what the object is, for messages: {@code plan}
   */
  public JsonFields(Object json, String source, String what) {
    this(json, source, what, "");
  }

  private JsonFields(Object json, String source, String what, String prefix) {
    this.source = source;
    this.what = what;
    this.prefix = prefix;
    if (!(json instanceof Map<?, ?> map)) {
      throw new DataException(
          source
              + (prefix.isEmpty()
                  ? ": a " + what + " is a JSON object"
                  : ": the "
                      + what
                      + "'s '"
                      + prefix.substring(0, prefix.length() - 1)
                      + "' is not a JSON object"));
    }
    map.forEach((key, value) -> left.put((String) key, value));
  }

  /** Whether a key is there and has not been read. */
  public boolean has(String key) {
    return left.containsKey(key);
  }

  /** A text. */
  public String text(String key) {
    return take(key, "a text", value -> value instanceof String text ? text : null);
  }

  /** A text; {@code absent} where the key is absent. */
  public String text(String key, String absent) {
    return has(key) ? text(key) : absent;
  }

  /** An integer of 64 bits. */
  public long integer(String key) {
    return take(key, "an integer", value -> value instanceof Long number ? number : null);
  }

  /** The same; {@code absent} where the key is absent. */
  public long integer(String key, long absent) {
    return has(key) ? integer(key) : absent;
  }

  /** An integer of 32 bits. */
  public int small(String key) {
    return take(key, "a small integer", JsonFields::small);
  }

  /** The same; {@code absent} where the key is absent. */
  public int small(String key, int absent) {
    return has(key) ? small(key) : absent;
  }

  /** A finite number. */
  public double real(String key) {
    return take(key, "a number", JsonFields::real);
  }

  /** The same; {@code absent} where the key is absent. */
  public double real(String key, double absent) {
    return has(key) ? real(key) : absent;
  }

  /** A finite number, or NaN where the value is null. */
  public double realOrNaN(String key) {
    return take(key, "a number", value -> value == null ? Double.valueOf(Double.NaN) : real(value));
  }

  /** True or false. */
  public boolean flag(String key) {
    return take(key, "true or false", value -> value instanceof Boolean flag ? flag : null);
  }

  /** The same; {@code absent} where the key is absent. */
  public boolean flag(String key, boolean absent) {
    return has(key) ? flag(key) : absent;
  }

  /** A list of texts. */
  public List<String> texts(String key) {
    return list(key, "a list of texts", value -> value instanceof String text ? text : null);
  }

  /** A list of integers of 32 bits. */
  public List<Integer> smalls(String key) {
    return list(key, "a list of integers", JsonFields::small);
  }

  /** A list of numbers; {@code absent} where the key is absent. */
  public List<Double> reals(String key, List<Double> absent) {
    return has(key) ? list(key, "a list of numbers", JsonFields::real) : absent;
  }

  /** A list of lists of integers of 32 bits. */
  public List<List<Integer>> groups(String key) {
    String wanted = "a list of lists of integers";
    return list(
        key,
        wanted,
        value ->
            value instanceof List<?> group ? mapped(group, JsonFields::small).orElse(null) : null);
  }

  /** An object. */
  public JsonFields object(String key) {
    return child(key, take(key, "a JSON object", Function.identity()));
  }

  /** The same; an object without keys where the key is absent. */
  public JsonFields objectOrEmpty(String key) {
    return has(key) ? object(key) : child(key, Map.of());
  }

  /** An object; empty where the key is absent or the value is null. */
  public Optional<JsonFields> optional(String key) {
    return left.get(key) == null ? Optional.empty() : Optional.of(object(key));
  }

  /** A list of objects. */
  public List<JsonFields> objects(String key) {
    List<?> all =
        take(key, "a list of objects", value -> value instanceof List<?> list ? list : null);
    List<JsonFields> objects = new ArrayList<>();
    all.forEach(each -> objects.add(child(key, each)));
    return objects;
  }

  /** A value of any type. */
  public Object any(String key) {
    return take(key, "there", Function.identity());
  }

  /** A value of any type, or null. */
  public Object orNull(String key) {
    if (!has(key)) {
      throw wrong(key, "there");
    }
    return left.remove(key);
  }

  /** An object whose values are numbers, in its order. */
  public Map<String, Double> numbers(String key) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    Map<?, ?> all =
        take(key, "an object of numbers", value -> value instanceof Map<?, ?> map ? map : null);
    all.forEach((name, value) -> {
      Double number = real(value);
      if (number == null) {
        throw wrong(key, "an object of numbers");
      }
      numbers.put((String) name, number);
    });
    return numbers;
  }

  /** Refuses keys that have not been read. */
  public void refuseOthers() {
    if (!left.isEmpty()) {
      throw new DataException(
          source
              + ": unknown key '"
              + prefix
              + left.keySet().iterator().next()
              + "' in the "
              + what);
    }
  }

  private JsonFields child(String key, Object json) {
    return new JsonFields(json, source, what, prefix + key + ".");
  }

  private <T> List<T> list(String key, String wanted, Function<Object, T> read) {
    return take(
        key,
        wanted,
        value -> value instanceof List<?> list ? mapped(list, read).orElse(null) : null);
  }

  private static <T> Optional<List<T>> mapped(List<?> list, Function<Object, T> read) {
    List<T> values = new ArrayList<>();
    for (Object each : list) {
      T value = read.apply(each);
      if (value == null) {
        return Optional.empty();
      }
      values.add(value);
    }
    return Optional.of(List.copyOf(values));
  }

  private <T> T take(String key, String wanted, Function<Object, T> read) {
    T value = has(key) ? read.apply(left.remove(key)) : null;
    if (value == null) {
      throw wrong(key, wanted);
    }
    return value;
  }

  private static Integer small(Object value) {
    return value instanceof Long number && number == number.intValue() ? number.intValue() : null;
  }

  private static Double real(Object value) {
    if (value instanceof Long number) {
      return (double) number;
    }
    return value instanceof Double number && Double.isFinite(number) ? number : null;
  }

  private DataException wrong(String key, String wanted) {
    return new DataException(
        source + ": the " + what + "'s '" + prefix + key + "' is not " + wanted);
  }
}
