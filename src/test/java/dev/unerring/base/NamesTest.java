// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** One normal form for names, and a warning for names that only look like one. */
class NamesTest {
  @Test
  void blanksAndInvisibleCharactersAtTheEndsAreNoPartOfAName() {
    String[] edges = {
      "",
      " ",
      "\t",
      "\u00a0",
      "\u2007",
      "\u202f",
      "\u3000",
      "\u1680",
      "\u2028",
      "\u0085",
      "\ufeff",
      "\u200b",
      "\u200e",
      "\u2060",
      "\u00ad",
      "\u180e",
      "\u3164",
      "\u2800",
      "\ufe0f",
      " \u200b \u00a0"
    };
    for (String before : edges) {
      for (String behind : edges) {
        assertEquals("patient 3", Names.normal(before + "patient 3" + behind));
      }
    }
    for (String blank : List.of("\u00a0", "  ", "\t", "\u3000", "\u2009 ")) {
      assertEquals("patient 3", Names.normal("patient" + blank + "3"));
    }
    assertEquals("", Names.normal("\u00a0\u200b\ufeff"));
    assertEquals("m\u00e9lanome", Names.normal("me\u0301lanome"));
    assertEquals("a\u200db", Names.normal("a\u200db"), "some scripts need it");
    assertEquals("\ud83d\ude00 x", Names.normal("\ud83d\ude00\u00a0x\u200b"));
  }

  @Test
  void namesThatLookAlikeAreNamed() {
    String[][] pairs = {
      {"benign", "Benign"},
      {"benign", "b\u0435nign"},
      {"benign", "ben\u200bign"},
      {"benign", "\uff42\uff45\uff4e\uff49\uff47\uff4e"},
      {"T-1", "T\u20111"},
      {"grade 1", "grade_1"},
      {"fi", "\ufb01"},
      {"A", "\u0391"},
      {"mass", "ma\u00adss"},
      {"STRASSE", "stra\u00dfe"},
    };
    for (String[] pair : pairs) {
      assertNotEquals(Names.normal(pair[0]), Names.normal(pair[1]));
      List<String> lines = Names.lookAlikes("class", List.of(pair[0], "other", pair[1]));
      assertEquals(1, lines.size(), pair[0] + " " + pair[1]);
      assertTrue(lines.getFirst().contains("'" + Names.shown(pair[0]) + "'"), lines.getFirst());
    }
    assertEquals(
        List.of(), Names.lookAlikes("class", List.of("1", "-1", "01", "benign", "malign")));
    assertTrue(
        Names.lookAlikes("class", List.of("benign", "b\u0435nign")).getFirst().contains("U+0435"));
  }

  @Test
  void controlsOfDirectionStayAndAreShown() {
    String turned = "\u202engineb";
    assertTrue(Names.turnsDirection(Names.normal(turned)));
    assertTrue(Names.turnsDirection(Names.normal("a\u2066")));
    assertFalse(Names.turnsDirection("\u05d0\u05d1\u200f"));
    assertEquals("\\u202engineb", Names.shown(turned));
    assertEquals("a\\u001b[2J", Names.shown("a\u001b[2J"));
  }

  @Test
  void placeHoldersOfMissingValues() {
    for (String text :
        List.of("", " ", "NaN", "nan", "NA", "N/A", "null", "NULL", "\u00a0", "<NA>")) {
      assertTrue(Names.isMissing(text), text);
    }
    for (String text : List.of("none", "0", "nancy", "normal")) {
      assertFalse(Names.isMissing(text), text);
    }
  }
}
