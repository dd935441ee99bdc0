package dev.unerring.base;

/** One field of a table as RFC 4180 writes it. */
public final class CsvField {
  private CsvField() {}

  /** The text, in quotes where it holds a comma, a quote or a line break. */
  public static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
