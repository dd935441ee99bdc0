// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tables are read as RFC 4180 writes them, and refused by the line. */
class CsvTest {
  @TempDir private Path folder;

  private List<Csv.Row> rows(String text) throws IOException {
    return Csv.read(Files.writeString(folder.resolve("t.csv"), text, StandardCharsets.UTF_8));
  }

  private static Csv.Row row(int line, String... fields) {
    return new Csv.Row(line, List.of(fields));
  }

  @Test
  void fieldsQuotesAndLineEnds() throws IOException {
    assertEquals(
        List.of(row(1, "path", "label"), row(2, "a b.png", ""), row(3, "", "x")),
        rows("path,label\r\na b.png,\r\n,x"));
    assertEquals(
        List.of(row(1, "a, \"b\"\nc", "d"), row(3, "e", "f"), row(5, "g")),
        rows("\"a, \"\"b\"\"\nc\",\"d\"\r\n\"e\",f\n\n\"g\"\n"));
    assertEquals(List.of(row(1, "\u00e9")), rows("\ufeff\u00e9\n"));
    assertEquals(List.of(row(1, "a", "")), rows("a,"));
    assertEquals(List.of(), rows(""));
  }

  @Test
  void everyEndOfLineAndTheSeparatorsOfSpreadsheets() throws IOException {
    List<Csv.Row> table =
        List.of(row(1, "path", "label"), row(2, "a, b.png", "x"), row(3, "c", "y"));
    assertEquals(table, rows("path;label\ra, b.png;x\rc;y\r"));
    assertEquals(table, rows("path;label\r\na, b.png;x\r\nc;y"));
    assertEquals(table, rows("path\tlabel\na, b.png\tx\nc\ty\n;;\n".replace(";;", "\t")));
    assertEquals(table, rows("path,label\r\"a, b.png\",x\rc,y\r,\r"));
    assertEquals(
        List.of(row(2, "path", "a;b"), row(3, "x", "y")), rows("sep=,\r\npath,a;b\r\nx,y\r\n"));
    assertEquals(
        List.of(row(1, "a\rb", "c"), row(3, "d", "e")), rows("\"a\rb\",c\rd,e"), "CR in quotes");
  }

  @Test
  void utf16WithAMarkIsRead() throws IOException {
    Path file = folder.resolve("t.csv");
    String text = "path,label\nm\u00e9.png,x\n";
    for (String charset : List.of("UTF-16LE", "UTF-16BE")) {
      Files.write(file, ("\ufeff" + text).getBytes(charset));
      assertEquals(List.of(row(1, "path", "label"), row(2, "m\u00e9.png", "x")), Csv.read(file));
      Files.write(file, text.getBytes(charset));
      String message = assertThrows(DataException.class, () -> Csv.read(file)).getMessage();
      assertTrue(message.contains("save it as CSV in UTF-8"), message);
    }
  }

  @Test
  void whatIsNoTableIsRefusedByItsLine() throws IOException {
    refused("line 2: a quote stands within a field", "a,b\nc\"d,e\n");
    refused("line 3: a quoted field does not end", "a\nb\n\"c\nd\ne\n");
    refused("line 3: something stands behind a quoted field", "a\n\"b\n\"c\n");
    Path file = Files.write(folder.resolve("t.csv"), new byte[] {'a', (byte) 0xFF, '\n'});
    String message = assertThrows(DataException.class, () -> Csv.read(file)).getMessage();
    assertTrue(message.contains("it is not UTF-8 text"), message);
  }

  private void refused(String part, String text) {
    String message = assertThrows(DataException.class, () -> rows(text)).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    List<String> fields = List.of("plain", "a,b", "say \"x\"", "two\nlines", "", " spaces ");
    StringBuilder out = new StringBuilder();
    Csv.append(out, fields);
    assertEquals(List.of(new Csv.Row(1, fields)), rows(out.toString()));
  }
}
