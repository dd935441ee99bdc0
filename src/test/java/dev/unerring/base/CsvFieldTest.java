// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A field holds its text, and none that is made safe is a formula. */
class CsvFieldTest {
  @Test
  void textsAreQuotedWhereRfc4180AsksForIt() {
    assertEquals("a b", CsvField.quoted("a b"));
    assertEquals("\"a,\"\"b\"\"\"", CsvField.quoted("a,\"b\""));
    assertEquals("=1", CsvField.quoted("=1"));
  }

  @Test
  void whatASpreadsheetWouldComputeGetsAnApostrophe() {
    for (String start : List.of("=", "+", "-", "@", " =", "\uff1d", "\u3000@")) {
      assertEquals("'" + start + "x.png", CsvField.safe(start + "x.png"));
    }
    assertEquals("\"'=HYPERLINK(\"\"a\"\",1)\"", CsvField.safe("=HYPERLINK(\"a\",1)"));
    assertEquals("'\tx", CsvField.safe("\tx"));
    assertEquals("\"'\rx\"", CsvField.safe("\rx"));
    assertEquals("a=1.png", CsvField.safe("a=1.png"));
    assertEquals("", CsvField.safe(""));
  }
}
