// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names that people type: classes, groups, splits, headers. They are compared in one normal form,
 * so that two spellings of the same text are one name.
 */
public final class Names {
  /** Cyrillic and Greek letters, lower case, that look like the Latin ones below them. */
  private static final String FOREIGN =
      "\u0430\u0441\u0435\u043e\u0440\u0445\u0443\u0456\u0458\u0455\u04bb\u0501\u051b\u051d"
          + "\u043a\u043c\u0442\u0432\u043d\u03b1\u03bf\u03c1\u03c5\u03bd\u03b9\u03ba\u03c4\u03c7"
          + "\u03b5\u03b2\u03b7\u03bc\u03b6";

  private static final String LATIN = "aceopxyijshdqwkmtbhaopuviktxebhmz";

  /** Letters and symbols of Unicode that show nothing, though they are no blanks by their class. */
  private static final String UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0";

  private static final int LONGEST_SHOWN = 120;

  private Names() {}

  /**
   * The normal form: Unicode NFC; no blanks and no invisible characters at the ends; each run of
   * blanks inside (no-break, ideographic, tab and so on) as one space. Other invisible characters
   * inside stay, because some scripts need them; so do those that turn the direction of writing.
   */
  public static String normal(String text) {
    String composed = Normalizer.normalize(text, Normalizer.Form.NFC);
    StringBuilder out = new StringBuilder();
    boolean gap = false;
    int end = 0; // of what is seen
    for (int i = 0; i < composed.length(); i += Character.charCount(composed.codePointAt(i))) {
      int c = composed.codePointAt(i);
      if (isBlank(c)) {
        gap = true;
      } else if (end > 0 || !isUnseen(c) || turnsDirection(c)) {
        out.append(gap && !out.isEmpty() ? " " : "").appendCodePoint(c);
        gap = false;
        end = isUnseen(c) && !turnsDirection(c) ? end : out.length();
      }
    }
    return out.substring(0, end);
  }

  /** The normal form without regard to case, for headers and words of a closed list. */
  public static String folded(String text) {
    return normal(text).toLowerCase(Locale.ROOT);
  }

  /** Whether both have the same normal form. */
  public static boolean same(String one, String other) {
    return normal(one).equals(normal(other));
  }

  /** Whether the text is a place holder for a missing value: empty, NaN, NA, N/A, null. */
  public static boolean isMissing(String text) {
    return switch (folded(text)) {
      case "", "nan", "na", "n/a", "null", "#n/a", "<na>" -> true;
      default -> false;
    };
  }

  /** Whether the text holds a control character that turns the direction of writing (U+202E...). */
  public static boolean turnsDirection(String text) {
    return text.chars().anyMatch(Names::turnsDirection);
  }

  private static boolean turnsDirection(int c) {
    return c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069;
  }

  /** The text for a message: shortened; controls and unseen characters as {@code \\u} numbers. */
  public static String shown(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .limit(LONGEST_SHOWN)
        .forEach(c -> {
          boolean plain = !Character.isISOControl(c) && !isUnseen(c) && (c == ' ' || !isBlank(c));
          out.append(plain ? Character.toString(c) : String.format(Locale.ROOT, "\\u%04x", c));
        });
    return out.toString();
  }

  /**
   * A line for each set of different names that look alike: they differ in case, in invisible
   * characters, compatibility forms (full width), kinds of hyphens, or in letters of another
   * script.
   *
   * @param what of the names, e.g. {@code class}
   * @param names each in its normal form
   */
  public static List<String> lookAlikes(String what, Collection<String> names) {
    Map<String, Set<String>> alike = new LinkedHashMap<>();
    for (String name : names) {
      alike.computeIfAbsent(outline(name), _ -> new LinkedHashSet<>()).add(name);
    }
    List<String> lines = new ArrayList<>();
    for (Set<String> some : alike.values()) {
      if (some.size() > 1) {
        lines.add(
            "these names of a "
                + what
                + " look alike but are not the same text: "
                + some.stream().map(Names::exactly).collect(Collectors.joining(", "))
                + "; if they mean one "
                + what
                + ", write them alike");
      }
    }
    return lines;
  }

  /** In quotes, with all that is not ASCII as numbers behind it. */
  private static String exactly(String name) {
    String numbers =
        name.codePoints()
            .filter(c -> c > 0x7e)
            .mapToObj(c -> String.format(Locale.ROOT, "U+%04X", c))
            .limit(8)
            .collect(Collectors.joining(" "));
    return "'" + shown(name) + "'" + (numbers.isEmpty() ? "" : " (" + numbers + ")");
  }

  /** What two names that look alike have in common. */
  private static String outline(String name) {
    String wide = Normalizer.normalize(name, Normalizer.Form.NFKC);
    String folded = wide.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    StringBuilder out = new StringBuilder();
    folded
        .codePoints()
        .filter(c -> !isUnseen(c) && !isBlank(c) && c != '_')
        .map(c -> {
          int at = c > 0xffff ? -1 : FOREIGN.indexOf(c);
          boolean dash = Character.getType(c) == Character.DASH_PUNCTUATION || c == 0x2212;
          return at >= 0 ? LATIN.charAt(at) : dash ? '-' : c;
        })
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static boolean isBlank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  /** Format characters (zero width, marks, tags), variation selectors, fillers. */
  private static boolean isUnseen(int c) {
    return Character.getType(c) == Character.FORMAT
        || c >= 0xfe00 && c <= 0xfe0f
        || c >= 0xe0100 && c <= 0xe01ef
        || c <= 0xffff && UNSEEN.indexOf(c) >= 0;
  }
}
