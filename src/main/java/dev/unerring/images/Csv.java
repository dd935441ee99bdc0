package dev.unerring.images;

import dev.unerring.base.CsvField;
import dev.unerring.base.DataException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tables as RFC 4180 writes them: fields in quotes may hold commas, line breaks and doubled quotes.
 * UTF-8, with or without a byte order mark; lines end with LF or CRLF; empty lines are passed over.
 */
final class Csv {
  /**
   * One row.
   *
   * @param line where it starts, from 1
   */
  record Row(int line, List<String> fields) {}

  private final Path file;
  private final String text;
  private final List<Row> rows = new ArrayList<>();
  private int at;
  private int line = 1;

  private Csv(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  /** All rows, the header first; DataException for what is no CSV, naming the line. */
  static List<Row> read(Path file) {
    byte[] bytes = ImageFiles.bytes(file);
    boolean marked = bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB;
    int start = marked && bytes[2] == (byte) 0xBF ? 3 : 0;
    try {
      ByteBuffer content = ByteBuffer.wrap(bytes, start, bytes.length - start);
      Csv csv = new Csv(file, StandardCharsets.UTF_8.newDecoder().decode(content).toString());
      csv.rows();
      return csv.rows;
    } catch (CharacterCodingException e) {
      throw new DataException(file + ": it is not UTF-8 text; save it as CSV in UTF-8", e);
    }
  }

  private void rows() {
    while (at < text.length()) {
      int start = line;
      List<String> fields = new ArrayList<>();
      do {
        fields.add(field());
      } while (at < text.length() && text.charAt(at++) == ',');
      if (fields.size() > 1 || !fields.getFirst().isEmpty()) {
        rows.add(new Row(start, List.copyOf(fields)));
      }
    }
  }

  /** One field; afterwards {@code at} is at the comma, at the line feed or at the end. */
  private String field() {
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && ",\n".indexOf(text.charAt(at)) < 0) {
      if (text.charAt(at) == '"') {
        throw new DataException(
            file + ": line " + line + ": a quote stands within a field; quote the whole field");
      }
      at++;
    }
    String field = text.substring(start, at);
    endOfLine();
    return field.endsWith("\r") ? field.substring(0, field.length() - 1) : field;
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
      String part = text.substring(at, quote);
      line += (int) part.chars().filter(c -> c == '\n').count();
      field.append(part);
      at = quote + 1;
      if (at >= text.length() || text.charAt(at) != '"') {
        break;
      }
      field.append('"');
      at++;
    }
    if (text.startsWith("\r\n", at)) {
      at++;
    }
    if (at < text.length() && ",\n".indexOf(text.charAt(at)) < 0) {
      throw new DataException(
          file + ": line " + line + ": something stands behind a quoted field; double its quotes");
    }
    endOfLine();
    return field.toString();
  }

  private void endOfLine() {
    if (at < text.length() && text.charAt(at) == '\n') {
      line++;
    }
  }

  /** Appends a row, fields quoted where they must be, ended by a line feed. */
  static void append(StringBuilder out, List<String> fields) {
    out.append(fields.stream().map(CsvField::quoted).collect(Collectors.joining(",", "", "\n")));
  }
}
