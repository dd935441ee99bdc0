// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The part of Python's literals that npy headers use: one dictionary of strings, booleans, integers
 * (as Long), tuples and lists (as List). Failures are IllegalArgumentException with the reason.
 */
final class PythonLiteral {
  private static final int MAX_DEPTH = 8;

  private final String text;
  private int at;

  PythonLiteral(String text) {
    this.text = text;
  }

  Map<String, Object> dictionary() {
    Map<String, Object> members = new LinkedHashMap<>();
    expect('{');
    while (!accept('}')) {
      String key = string();
      expect(':');
      if (members.put(key, value(1)) != null) {
        throw new IllegalArgumentException("the key " + Refusal.printable(key) + " stands twice");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skipSpace();
    if (at < text.length()) {
      throw failure("more text follows the dictionary");
    }
    return members;
  }

  private Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw failure("it is nested too deeply");
    }
    if (accept('(')) {
      return elements(')', depth);
    }
    if (accept('[')) {
      return elements(']', depth);
    }
    char c = peek();
    if (c == '\'' || c == '"') {
      return string();
    }
    if (c == '-' || Character.digit(c, 10) >= 0) {
      return integer();
    }
    if (word("True")) {
      return true;
    }
    if (word("False")) {
      return false;
    }
    throw failure("a value is expected");
  }

  private List<Object> elements(char end, int depth) {
    List<Object> elements = new ArrayList<>();
    while (!accept(end)) {
      elements.add(value(depth + 1));
      if (!accept(',')) {
        expect(end);
        break;
      }
    }
    return elements;
  }

  private String string() {
    char quote = peek();
    int end = quote == '\'' || quote == '"' ? text.indexOf(quote, at + 1) : -1;
    if (end < 0 || text.substring(at, end).indexOf('\\') >= 0) {
      throw failure("a string is expected");
    }
    String value = text.substring(at + 1, end);
    at = end + 1;
    return value;
  }

  private Long integer() {
    int start = at++;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    try {
      long value = Long.parseLong(text.substring(start, at));
      if (at < text.length() && text.charAt(at) == 'L') {
        at++; // written by Python 2
      }
      return value;
    } catch (NumberFormatException e) {
      throw failure(
          "the integer " + Refusal.printable(text.substring(start, at)) + " is beyond 64 bits");
    }
  }

  private boolean word(String word) {
    boolean there = text.startsWith(word, at);
    at += there ? word.length() : 0;
    return there;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\r\0".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** The next character that is no space; a full stop, which starts no value, at the end. */
  private char peek() {
    skipSpace();
    return at < text.length() ? text.charAt(at) : '.';
  }

  private boolean accept(char c) {
    boolean there = peek() == c;
    at += there ? 1 : 0;
    return there;
  }

  private void expect(char c) {
    if (!accept(c)) {
      throw failure("'" + c + "' is expected");
    }
  }

  private IllegalArgumentException failure(String reason) {
    return new IllegalArgumentException(reason + " at character " + at);
  }
}
