// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

/** One field of a table as RFC 4180 writes it. */
public final class CsvField {
  private static final String FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20";

  private CsvField() {}

  /** The text, in quotes where it holds a comma, a quote or a line break. */
  public static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  /**
   * The same with an apostrophe before a text that a spreadsheet would take for a formula: one that
   * begins, after blanks, with {@code = + - @} or their full-width forms, or with a tab or a line
   * break.
   */
  public static String safe(String text) {
    String start = text.stripLeading();
    boolean formula = !start.isEmpty() && FORMULA.indexOf(start.charAt(0)) >= 0;
    boolean control = !text.isEmpty() && "\t\r\n".indexOf(text.charAt(0)) >= 0;
    return quoted(formula || control ? "'" + text : text);
  }
}
