// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import dev.unerring.DataException;

/**
 * JSON. Values are {@code Map<String, Object>} (a LinkedHashMap when parsed), {@code List<Object>},
 * String, Boolean, null, Long (integers that fit) and Double; writing also accepts Integer, Short,
 * Byte and Float (as its binary64 value).
 */
public final class Json {
  private Json() {}

  /**
   * Reads one JSON text (RFC 8259, nothing beyond it).
   *
   * @throws DataException with line and column for anything else, for a key that stands twice in
   *     one object, for more than 64 levels, and for numbers beyond binary64
   */
  public static Object parse(String text) {
    return new JsonReader(text).document();
  }

  /**
   * The canonical form (RFC 8785): no spaces, keys sorted by UTF-16 code units, numbers as in
   * ECMAScript.
   *
   * @throws IllegalArgumentException for values that have no form: NaN, infinities, integers beyond
   *     2^53 (write those as strings), other types
   */
  public static String canonical(Object value) {
    return new JsonWriter(true).write(value);
  }

  /**
   * The same values for human readers: keys in the order of the map, two spaces a level, lists of
   * plain values on one line, a line feed at the end.
   *
   * @throws IllegalArgumentException as {@link #canonical}
   */
  public static String pretty(Object value) {
    return new JsonWriter(false).write(value);
  }
}
