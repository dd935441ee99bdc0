// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Options in messages become plain words; nothing else changes. */
class PlainWordsTest {
  @Test
  void optionsAreWordedForAProgram() {
    check("use a smaller --batch-size", "use a smaller batch size");
    check("--threads is 1 to 1024, not 0", "threads is 1 to 1024, not 0");
    check("name another --out", "name another output folder");
    check("'unerring correct --add'", "'unerring correct new samples'");
    check("--lr: too large (--lr)", "learning rate: too large (learning rate)");
  }

  @Test
  void filesAndOptionsOfTheJvmStay() {
    for (String text :
        new String[] {
          "/data/--out/set.npz: cannot be read",
          "x--out",
          "add --enable-native-access=ALL-UNNAMED",
          "add --add-modules java.desktop",
          "a dash -- and more, --Upper",
          ""
        }) {
      check(text, text);
    }
  }

  private static void check(String text, String expected) {
    assertEquals(expected, PlainWords.of(text));
    assertEquals(text, new DataException(text).getMessage(), "the command line's words");
    assertEquals(expected, new DataException(text).embedded().getMessage());
  }
}
