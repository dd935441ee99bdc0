// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes maps, lists, strings, numbers, booleans and null as JSON. */
final class JsonWriter {
  /** Integers up to here are exact in the binary64 numbers of RFC 8785. */
  private static final long MAX_EXACT = 1L << 53;

  private final StringBuilder out = new StringBuilder();
  private final boolean canonical;

  JsonWriter(boolean canonical) {
    this.canonical = canonical;
  }

  String write(Object value) {
    value(value, "\n");
    if (!canonical) {
      out.append('\n');
    }
    return out.toString();
  }

  /** {@code newLine}: the line break and indentation of the level that holds the value. */
  private void value(Object value, String newLine) {
    switch (value) {
      case null -> out.append("null");
      case Boolean flag -> out.append(flag.booleanValue());
      case String text -> string(text);
      case Long number -> integer(number);
      case Integer number -> integer(number);
      case Short number -> integer(number);
      case Byte number -> integer(number);
      case Double number -> out.append(JsonNumber.format(number));
      case Float number -> out.append(JsonNumber.format(number.doubleValue()));
      case Map<?, ?> members -> object(members, newLine);
      case List<?> elements -> array(elements, newLine);
      default ->
          throw new IllegalArgumentException(
              "no JSON for a value of " + value.getClass().getName() + "; make it a Map or a List");
    }
  }

  private void integer(long number) {
    if (number > MAX_EXACT || number < -MAX_EXACT) {
      throw new IllegalArgumentException(
          number + " is not exact as a JSON number (beyond 2^53); write it as a string");
    }
    out.append(number);
  }

  private void object(Map<?, ?> members, String newLine) {
    Object[] keys = members.keySet().toArray();
    for (Object key : keys) {
      if (!(key instanceof String)) {
        throw new IllegalArgumentException("a JSON key must be a String, not " + key);
      }
    }
    if (canonical) {
      Arrays.sort(keys); // String.compareTo is the order of UTF-16 code units
    }
    String inner = newLine + "  ";
    out.append('{');
    for (int i = 0; i < keys.length; i++) {
      out.append(i == 0 ? "" : ",").append(canonical ? "" : inner);
      string((String) keys[i]);
      out.append(canonical ? ":" : ": ");
      value(members.get(keys[i]), inner);
    }
    out.append(canonical || keys.length == 0 ? "" : newLine).append('}');
  }

  private void array(List<?> elements, String newLine) {
    boolean onOneLine = canonical || elements.stream().noneMatch(JsonWriter::isContainer);
    String inner = onOneLine ? newLine : newLine + "  ";
    String separator = canonical ? "," : onOneLine ? ", " : "," + inner;
    out.append('[').append(onOneLine ? "" : inner);
    for (Iterator<?> each = elements.iterator(); each.hasNext(); ) {
      value(each.next(), inner);
      out.append(each.hasNext() ? separator : "");
    }
    out.append(onOneLine ? "" : newLine).append(']');
  }

  private static boolean isContainer(Object value) {
    return value instanceof Map || value instanceof List;
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        out.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        throw new IllegalArgumentException("half a surrogate pair has no JSON form");
      } else {
        character(c);
      }
    }
    out.append('"');
  }

  private void character(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (c < 0x20) {
          out.append("\\u00").append(c < 0x10 ? "0" : "1").append(Character.forDigit(c & 15, 16));
        } else {
          out.append(c);
        }
      }
    }
  }
}
