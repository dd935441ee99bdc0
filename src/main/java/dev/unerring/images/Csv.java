// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import dev.unerring.DataException;
import dev.unerring.base.CsvField;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tables as RFC 4180 writes them: fields in quotes may hold separators, line breaks and doubled
 * quotes. UTF-8, or UTF-16 with a byte order mark; lines end with LF, CRLF or CR; lines without
 * content are passed over. The separator is the one of comma, semicolon and tab that the header has
 * most often (a comma on a tie), or what a first line {@code sep=;} says.
 */
final class Csv {
  private static final String SEPARATORS = ",;\t";
  private static final String DECLARED = "sep=";

  /**
   * One row.
   *
   * @param line where it starts, from 1
   */
  record Row(int line, List<String> fields) {}

  private final Path file;
  private final String text;
  private final List<Row> rows = new ArrayList<>();
  private char separator;
  private int at;
  private int line = 1;

  private Csv(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  /** All rows, the header first; DataException for what is no CSV, naming the line. */
  static List<Row> read(Path file) {
    Csv csv = new Csv(file, decoded(file, ImageFiles.bytes(file)));
    csv.findSeparator();
    csv.rows();
    return csv.rows;
  }

  private static String decoded(Path file, byte[] bytes) {
    int mark = bytes.length < 2 ? 0 : (bytes[0] & 0xFF) << 8 | bytes[1] & 0xFF;
    boolean utf8Mark = mark == 0xEFBB && bytes.length > 2 && bytes[2] == (byte) 0xBF;
    int start = utf8Mark ? 3 : mark == 0xFFFE || mark == 0xFEFF ? 2 : 0;
    Charset charset =
        switch (mark) {
          case 0xFFFE -> StandardCharsets.UTF_16LE;
          case 0xFEFF -> StandardCharsets.UTF_16BE;
          default -> StandardCharsets.UTF_8;
        };
    try {
      ByteBuffer content = ByteBuffer.wrap(bytes, start, bytes.length - start);
      String text = charset.newDecoder().decode(content).toString();
      if (text.indexOf(0) < 0) {
        return text;
      }
    } catch (CharacterCodingException e) {
      throw new DataException(
          file + ": it is not " + charset + " text; save it as CSV in UTF-8", e);
    }
    throw new DataException(
        file + ": it is not " + charset + " text (it has zero bytes); save it as CSV in UTF-8");
  }

  private void findSeparator() {
    if (text.startsWith(DECLARED) && text.length() > DECLARED.length()) {
      separator = text.charAt(DECLARED.length());
      at = DECLARED.length() + 1;
      endOfLine();
      return;
    }
    int[] counts = new int[SEPARATORS.length()];
    boolean quoted = false;
    boolean content = false;
    for (int i = 0; i < text.length() && (quoted || !content || !isEnd(text.charAt(i))); i++) {
      char c = text.charAt(i);
      quoted ^= c == '"';
      content |= !Character.isWhitespace(c);
      if (!quoted && SEPARATORS.indexOf(c) >= 0) {
        counts[SEPARATORS.indexOf(c)]++;
      }
    }
    int most = 0;
    for (int i = 1; i < counts.length; i++) {
      most = counts[i] > counts[most] ? i : most;
    }
    separator = SEPARATORS.charAt(most);
  }

  private void rows() {
    while (at < text.length()) {
      int start = line;
      List<String> fields = new ArrayList<>();
      do {
        fields.add(field());
      } while (separated());
      endOfLine();
      if (!fields.stream().allMatch(String::isBlank)) {
        rows.add(new Row(start, List.copyOf(fields)));
      }
    }
  }

  /** Steps over a separator, if one is next. */
  private boolean separated() {
    boolean separated = at < text.length() && text.charAt(at) == separator;
    at += separated ? 1 : 0;
    return separated;
  }

  /**
   * One field; afterwards {@code at} is at the separator, at the end of the line or of the text.
   */
  private String field() {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int start = at;
    while (!fieldEnds()) {
      if (text.charAt(at) == '"') {
        throw new DataException(
            file + ": line " + line + ": a quote stands within a field; quote the whole field");
      }
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() {
    int start = line;
    StringBuilder field = new StringBuilder();
    at++;
    while (true) {
      int quote = text.indexOf('"', at);
      if (quote < 0) {
        throw new DataException(
            file + ": line " + start + ": a quoted field does not end; close its quote");
      }
      while (at < quote) {
        field.append(text.charAt(at));
        if (isEnd(text.charAt(at))) {
          boolean pair = text.startsWith("\r\n", at);
          field.append(pair ? "\n" : "");
          endOfLine();
        } else {
          at++;
        }
      }
      at = quote + 1;
      if (at >= text.length() || text.charAt(at) != '"') {
        break;
      }
      field.append('"');
      at++;
    }
    if (!fieldEnds()) {
      throw new DataException(
          file + ": line " + line + ": something stands behind a quoted field; double its quotes");
    }
    return field.toString();
  }

  private boolean fieldEnds() {
    return at >= text.length() || text.charAt(at) == separator || isEnd(text.charAt(at));
  }

  private static boolean isEnd(char c) {
    return c == '\n' || c == '\r';
  }

  /** Steps over the end of a line: LF, CRLF or CR. */
  private void endOfLine() {
    if (at < text.length() && isEnd(text.charAt(at))) {
      at += text.startsWith("\r\n", at) ? 2 : 1;
      line++;
    }
  }

  /** Appends a row, fields quoted where they must be, ended by a line feed. */
  static void append(StringBuilder out, List<String> fields) {
    out.append(fields.stream().map(CsvField::quoted).collect(Collectors.joining(",", "", "\n")));
  }
}
