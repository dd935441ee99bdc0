// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.base.Json;
import org.junit.jupiter.api.Test;

/** What could steer or deceive a terminal is written as an escape; all else stays. */
class PrintableTest {
  @Test
  void lettersOfAllScriptsStay() {
    String text = "m\u00e9lanome \u6f22\u5b57 \u05d0\u05d1 \ud83d\ude00 e\u0301\t|\n\r\n";
    assertEquals(text, Printable.text(text));
  }

  @Test
  void controlsDirectionsAndInvisibleCharactersAreEscaped() {
    assertEquals("a\\u001b[2Jb", Printable.text("a\u001b[2Jb"));
    assertEquals("\\u0007\\u0000\\u007f\\u009b", Printable.text("\u0007\0\u007f\u009b"));
    assertEquals("x\\u000dy", Printable.text("x\ry"));
    assertEquals("be\\u202engin", Printable.text("be\u202engin"));
    assertEquals("\\u2066\\u200b\\u00ad\\ufeff", Printable.text("\u2066\u200b\u00ad\ufeff"));
    assertEquals("\\u2028\\u2029", Printable.text("\u2028\u2029"));
    assertEquals("\\ud800", Printable.text("\ud800"));
    assertEquals("\\udb40\\udc41", Printable.text("\udb40\udc41")); // a tag character
  }

  @Test
  void escapedJsonIsTheSameJson() {
    String text = "be\u202enign \udb40\udc41";
    String json = Json.canonical(text);
    assertEquals(text, Json.parse(Printable.text(json)));
  }
}
