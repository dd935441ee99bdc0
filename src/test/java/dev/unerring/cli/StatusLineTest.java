// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.train.Monitor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A status line never reaches the last column, whatever it shows and however wide that is. */
class StatusLineTest {
  private static final List<String> FORMS =
      List.of("epoch 12/300 [####....] 1234 images/s", "epoch 12/300, 7 left", "epoch 12");

  @Test
  void theLongestFormThatFitsIsShown() {
    assertEquals(FORMS.get(0), StatusLine.fitting(FORMS, 300));
    assertEquals(FORMS.get(0), StatusLine.fitting(FORMS, 38));
    assertEquals(FORMS.get(1), StatusLine.fitting(FORMS, 37));
    assertEquals(FORMS.get(2), StatusLine.fitting(FORMS, 20));
    assertEquals("... 12", StatusLine.fitting(FORMS, 7));
    assertEquals("", StatusLine.fitting(FORMS, 1));
    assertEquals("", StatusLine.fitting(FORMS, 0));
  }

  @Test
  void everyWidthIsKeptByEveryText() {
    for (String text :
        List.of("hashing \u6f22\u5b57\u6f22\u5b57.npz: 12 %", "a\u001b[2Jb: 3 %", "line\nend")) {
      for (int columns = 0; columns < 60; columns++) {
        String shown = StatusLine.fitting(List.of(text), columns);
        int width = shown.codePoints().map(c -> c < 0x1100 ? 1 : 2).sum();
        assertTrue(width <= Math.max(0, columns - 1), columns + ": " + shown);
        assertTrue(shown.chars().noneMatch(Character::isISOControl), shown);
      }
    }
  }

  @Test
  void theBarOfATrainingFitsIntoAnyTerminal() throws Exception {
    for (int columns : new int[] {1, 10, 20, 40, 79, 80, 81, 120, 300}) {
      StringWriter text = new StringWriter();
      Terminal bar =
          new Terminal(
              new StatusLine(new PrintWriter(text), () -> columns),
              new PrintWriter(text),
              true,
              Long.MAX_VALUE,
              new Interrupt());
      Monitor.Progress progress = new Monitor.Progress("correct", 1_000_000);
      bar.progress(progress.moveTo(123_456, 1, 99, 128, 12.3456f, -1));
      Thread.sleep(2);
      bar.progress(progress.moveTo(123_456, 98, 99, 123_456_789, 12.3456f, -1));
      String drawn = text.toString();
      assertTrue(drawn.startsWith(StatusLine.CLEAR), drawn);
      String line =
          drawn.substring(drawn.lastIndexOf(StatusLine.CLEAR) + StatusLine.CLEAR.length());
      assertTrue(line.length() <= columns - 1, columns + ": " + line);
      assertTrue(
          columns < 20
              || line.startsWith("correction round 123456".substring(0, 3))
              || line.startsWith("..."),
          line);
    }
  }
}
