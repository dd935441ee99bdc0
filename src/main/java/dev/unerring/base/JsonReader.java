// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import dev.unerring.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Recursive descent over one JSON text (RFC 8259); every failure names line and column. */
final class JsonReader {
  private static final int MAX_DEPTH = 64;

  private final String text;
  private int at;

  JsonReader(String text) {
    this.text = text;
  }

  Object document() {
    Object value = value(0);
    skipSpace();
    if (at < text.length()) {
      throw failure("one value is expected, but more text follows");
    }
    return value;
  }

  private Object value(int depth) {
    skipSpace();
    return switch (peek()) {
      case '{' -> object(depth + 1);
      case '[' -> array(depth + 1);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw failure("a value is expected");
    };
  }

  private Map<String, Object> object(int depth) {
    checkDepth(depth);
    Map<String, Object> members = new LinkedHashMap<>();
    at++;
    skipSpace();
    if (accept('}')) {
      return members;
    }
    do {
      skipSpace();
      int start = at;
      String key = string();
      if (members.containsKey(key)) {
        at = start;
        throw failure("the key \"" + key + "\" stands twice in one object");
      }
      skipSpace();
      expect(':');
      members.put(key, value(depth));
      skipSpace();
    } while (accept(','));
    expect('}');
    return members;
  }

  private List<Object> array(int depth) {
    checkDepth(depth);
    List<Object> elements = new ArrayList<>();
    at++;
    skipSpace();
    if (accept(']')) {
      return elements;
    }
    do {
      elements.add(value(depth));
      skipSpace();
    } while (accept(','));
    expect(']');
    return elements;
  }

  private String string() {
    expect('"');
    StringBuilder result = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at);
      if (c < 0x20) {
        throw failure("a control character in a string must be escaped");
      }
      result.append(c == '\\' ? escaped() : c);
      at++;
    }
    checkSurrogates(result);
    at++;
    return result.toString();
  }

  /** The character of the escape that starts at the backslash; leaves {@code at} on its last. */
  private char escaped() {
    at++;
    return switch (peek()) {
      case '"' -> '"';
      case '\\' -> '\\';
      case '/' -> '/';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw failure("an unknown escape");
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      at++;
      char c = peek();
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw failure("four hexadecimal digits are expected after \\u");
      }
      code = code * 16 + digit;
    }
    return (char) code;
  }

  private void checkSurrogates(CharSequence value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < value.length()
              && Character.isLowSurrogate(value.charAt(i + 1));
      if (Character.isSurrogate(c) && !pair) {
        throw failure("half a surrogate pair in a string is not a character");
      }
      i += pair ? 1 : 0;
    }
  }

  private Object number() {
    int start = at;
    accept('-');
    if (!accept('0')) {
      digits();
    }
    boolean integer = true;
    if (accept('.')) {
      integer = false;
      digits();
    }
    if (accept('e') || accept('E')) {
      integer = false;
      if (!accept('+')) {
        accept('-');
      }
      digits();
    }
    String literal = text.substring(start, at);
    if (integer && literal.length() <= 20) {
      try {
        return Long.parseLong(literal);
      } catch (NumberFormatException e) {
        return Double.parseDouble(literal); // beyond 64 bits
      }
    }
    double value = Double.parseDouble(literal);
    if (Double.isInfinite(value)) {
      at = start;
      throw failure("the number is beyond the range of binary64");
    }
    return value;
  }

  private void digits() {
    if (peek() < '0' || peek() > '9') {
      throw failure("a digit is expected");
    }
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
  }

  private Object word(String word, Boolean value) {
    if (!text.startsWith(word, at)) {
      throw failure("a value is expected");
    }
    at += word.length();
    return value;
  }

  private void checkDepth(int depth) {
    if (depth > MAX_DEPTH) {
      throw failure("objects and arrays are nested deeper than " + MAX_DEPTH);
    }
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at == text.length()) {
      throw failure("the text ends too early");
    }
    return text.charAt(at);
  }

  private boolean accept(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw failure(at == text.length() ? "the text ends too early" : "'" + c + "' is expected");
    }
  }

  private DataException failure(String reason) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < at; i++) {
      boolean newLine = text.charAt(i) == '\n';
      line += newLine ? 1 : 0;
      column = newLine ? 1 : column + 1;
    }
    return new DataException("JSON, line " + line + ":" + column + ": " + reason);
  }
}
