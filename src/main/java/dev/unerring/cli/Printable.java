// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import java.util.Locale;

/** Text that a terminal shows as it is. */
final class Printable {
  private Printable() {}

  /**
   * The text with every control character but line ends and tabs, and every invisible character
   * (directions, joiners, separators, lone surrogates), written as JSON would: {@code \}{@code
   * u202e}.
   */
  static String text(String text) {
    if (text.chars().allMatch(c -> c >= ' ' && c <= '~' || c == '\n' || c == '\t')) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      int c = text.codePointAt(i);
      boolean lineEnd = c == '\r' && text.startsWith("\r\n", i);
      if (c == '\n' || c == '\t' || lineEnd || isVisible(c)) {
        shown.appendCodePoint(c);
      } else {
        for (char unit : Character.toChars(c)) {
          shown.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
        }
      }
      i += Character.charCount(c) - 1;
    }
    return shown.toString();
  }

  private static boolean isVisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
