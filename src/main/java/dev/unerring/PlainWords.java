// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Messages of the engine for a program that embeds it. The engine names its settings as the command
 * line does, {@code --batch-size}; a program has no command line, so it reads "batch size".
 */
final class PlainWords {
  private static final Pattern OPTION =
      Pattern.compile("(?<![\\w/.-])--([a-z]++(?:-[a-z]++)*+)(?![\\w=])");

  /** Settings that are called otherwise than their option, and options of the JVM. */
  private static final Map<String, String> WORDS = new TreeMap<>();

  static {
    WORDS.put("add", "new samples");
    WORDS.put("add-modules", "--add-modules");
    WORDS.put("arch", "network");
    WORDS.put("data", "data file");
    WORDS.put("lr", "learning rate");
    WORDS.put("out", "output folder");
    WORDS.put("root", "folder of data sets");
  }

  private PlainWords() {}

  static String of(String text) {
    return OPTION
        .matcher(String.valueOf(text))
        .replaceAll(found ->
            Matcher.quoteReplacement(
                WORDS.getOrDefault(found.group(1), found.group(1).replace('-', ' '))));
  }

  /** Calls the engine; what it throws speaks to a program. */
  static <T> T call(Supplier<T> engine) {
    try {
      return engine.get();
    } catch (UnerringException e) {
      throw e.embedded();
    }
  }
}
