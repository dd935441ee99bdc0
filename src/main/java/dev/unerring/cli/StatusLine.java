// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.IntSupplier;

/** One line at the bottom of a terminal that is drawn again and again, never wider than it. */
final class StatusLine {
  /** To the start of the line, and clears it. */
  static final String CLEAR = "\r\u001b[K";

  /** From here on a character may take two columns. */
  private static final int WIDE_FROM = 0x1100;

  private static final String CUT = "...";

  private final PrintWriter err;
  private final IntSupplier columns;
  private boolean open;

  StatusLine(PrintWriter err) {
    this(err, StandardStream::columns);
  }

  /** On a terminal that says how many columns it has, before each drawing. */
  StatusLine(PrintWriter err, IntSupplier columns) {
    this.err = err;
    this.columns = columns;
  }

  /**
   * Draws the first of the texts that fits into the terminal as it is now, else the end of the
   * last.
   *
   * @param texts the longest first
   */
  void draw(List<String> texts) {
    String text = fitting(texts, columns.getAsInt());
    err.print(CLEAR);
    err.print(text);
    err.flush();
    open = true;
  }

  /** Removes the line. */
  void clear() {
    if (open) {
      err.print(CLEAR);
      err.flush();
      open = false;
    }
  }

  /** What is drawn: always one column less than there are, so that the cursor stays in the line. */
  static String fitting(List<String> texts, int columns) {
    int room = Math.max(0, columns - 1);
    for (String each : texts) {
      String text = oneLine(each);
      if (width(text) <= room) {
        return text;
      }
    }
    String text = oneLine(texts.getLast());
    int left = room - CUT.length();
    int start = text.length();
    while (start > 0 && left - width(text.codePointBefore(start)) >= 0) {
      int last = text.codePointBefore(start);
      left -= width(last);
      start -= Character.charCount(last);
    }
    return CUT.substring(0, Math.min(room, CUT.length())) + text.substring(start);
  }

  private static String oneLine(String text) {
    return Printable.text(text).replace("\n", "\\n").replace("\t", "\\t");
  }

  private static int width(String text) {
    return text.codePoints().map(StatusLine::width).sum();
  }

  private static int width(int codePoint) {
    return codePoint < WIDE_FROM ? 1 : 2;
  }
}
