// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON: strict reading, canonical and pretty writing. */
class JsonTest {
  @Test
  void readsEveryKindOfValue() {
    Object value =
        Json.parse(" {\"b\": [1, -2.5, 1e3, true, false, null], \"a\": {\"\": \"x\"}}\n");
    Map<?, ?> map = assertInstanceOf(LinkedHashMap.class, value);
    assertEquals("[b, a]", map.keySet().toString());
    List<Object> expected = new ArrayList<>(List.of(1L, -2.5, 1000.0, true, false));
    expected.add(null);
    assertEquals(expected, map.get("b"));
    assertEquals(Map.of("", "x"), map.get("a"));
    assertNull(Json.parse("null"));
  }

  @Test
  void readsIntegersAsLongWhereTheyFit() {
    assertEquals(Long.MAX_VALUE, Json.parse("9223372036854775807"));
    assertEquals(Long.MIN_VALUE, Json.parse("-9223372036854775808"));
    assertEquals(0x1p63, Json.parse("9223372036854775808"));
    assertEquals(1e30, Json.parse("1000000000000000000000000000000"));
    assertEquals(0L, Json.parse("-0"));
    assertEquals(-0.0, Json.parse("-0.0"));
  }

  @Test
  void readsEscapes() {
    assertEquals(
        "\"\\/\b\f\n\r\t\u20ac\ud83d\ude00",
        Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u20aC\\ud83d\\ude00\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":1,}",
        "{a:1}",
        "{'a':1}",
        "01",
        "+1",
        "1.",
        ".5",
        "-",
        "1e",
        "0x10",
        "NaN",
        "Infinity",
        "tru",
        "truely",
        "nul",
        "\"a",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u00\"",
        "\"\t\"",
        "\"\\ud800\"",
        "\"\\udc00x\"",
        "1 2",
        "{} []",
        "\ufeff1",
        "//x\n1",
        "\u00a01",
        "1e400",
        "{\"a\":1,\"a\":2}",
        "\"\\u\uff11234\""
      })
  void refusesEverythingElse(String text) {
    DataException e = assertThrows(DataException.class, () -> Json.parse(text));
    assertTrue(e.getMessage().startsWith("JSON, line "), e.getMessage());
  }

  @Test
  void namesLineAndColumn() {
    DataException e =
        assertThrows(DataException.class, () -> Json.parse("{\n  \"a\": 1,\n  \"a\": 2}"));
    assertEquals("JSON, line 3:3: the key \"a\" stands twice in one object", e.getMessage());
    assertEquals(5, e.exitCode());
  }

  @Test
  void limitsDepth() {
    assertInstanceOf(List.class, Json.parse("[".repeat(64) + "]".repeat(64)));
    DataException e = assertThrows(DataException.class, () -> Json.parse("[".repeat(100_000)));
    assertTrue(e.getMessage().contains("nested deeper than 64"), e.getMessage());
  }

  /** The table of RFC 8785, appendix B. */
  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2",
    "3ff0000000000000, 1",
    "3fb999999999999a, 0.1",
    "4059000000000000, 100",
    "3f847ae147ae147b, 0.01",
  })
  void writesNumbersAsEcmaScript(String bits, String expected) {
    double value = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
    assertEquals(expected, Json.canonical(value));
    assertEquals(0.0 + value, ((Number) Json.parse(expected)).doubleValue());
  }

  @Test
  void canonicalFormSortsKeysByCodeUnits() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("\u20ac", "Euro Sign");
    map.put("\r", "Carriage Return");
    map.put("\ufb33", "Hebrew Letter Dalet With Dagesh");
    map.put("1", "One");
    map.put("\ud83d\ude00", "Emoji: Grinning Face");
    map.put("\u0080", "Control");
    map.put("\u00f6", "Latin Small Letter O With Diaeresis");
    assertEquals(
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
            + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
            + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
            + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
        Json.canonical(map));
  }

  @Test
  void writesAllNumberTypesAndControlCharacters() {
    List<Object> values = List.of((byte) -1, (short) 2, 3, 4L, 0.5f, 0.1f, "\u0001\u001f\u007f/\"");
    assertEquals(
        "[-1,2,3,4,0.5,0.10000000149011612,\"\\u0001\\u001f\u007f/\\\"\"]", Json.canonical(values));
  }

  @Test
  void prettyFormKeepsOrderAndReadsBack() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("z", List.of(1L, 2L));
    map.put("a", List.of(Map.of("k", List.of()), new LinkedHashMap<>()));
    String text = Json.pretty(map);
    assertEquals(
        "{\n  \"z\": [1, 2],\n  \"a\": [\n    {\n      \"k\": []\n    },\n    {}\n  ]\n}\n", text);
    assertEquals(map, Json.parse(text));
  }

  @Test
  void refusesValuesWithoutForm() {
    List<Object> wrong =
        List.of(
            Double.NaN,
            Float.POSITIVE_INFINITY,
            (1L << 53) + 1,
            "\ud800",
            Map.of(1, 2),
            new Object());
    for (Object value : wrong) {
      assertThrows(IllegalArgumentException.class, () -> Json.canonical(value));
    }
    assertEquals("9007199254740992", Json.canonical(1L << 53));
  }
}
