// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.VerificationException;
import dev.unerring.suite.TestSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ledger has one head for one sequence of events, and shows every change. */
class LedgerTest {
  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void write() {
    file = folder.resolve(Ledger.FILE);
    add(Ledger.open(file, 0), 1, 5);
  }

  private static void add(Ledger ledger, int from, int to) {
    for (int n = from; n <= to; n++) {
      ledger.add(Map.of("event", "epoch", "loss", "ab" + n));
    }
  }

  private String head() {
    return Ledger.open(file, 5).head();
  }

  @Test
  void whatGoesOnHasTheHeadOfWhatNeverEnded() throws IOException {
    String head = head();
    byte[] whole = Files.readAllBytes(file);
    for (int next = 0; next <= 5; next++) {
      add(Ledger.open(file, next), next + 1, 5); // meets the events that are there
      assertEquals(head, head());
      String[] lines = new String(whole).split("\n");
      Files.writeString(file, String.join("\n", lines).substring(0, whole.length / 2));
      int there = (int) Files.readString(file).chars().filter(c -> c == '\n').count();
      add(Ledger.open(file, Math.min(next, there)), Math.min(next, there) + 1, 5);
      assertEquals(head, head(), "after a kill in the middle of a line");
    }
    assertEquals(new String(whole), Files.readString(file));
  }

  @Test
  void otherBitsThanBeforeAreAnError() {
    Ledger again = Ledger.open(file, 2);
    VerificationException e =
        assertThrows(
            VerificationException.class, () -> again.add(Map.of("event", "epoch", "loss", "xx")));
    assertTrue(e.getMessage().contains("line 3: this run has other bits"), e.getMessage());
  }

  @Test
  void everyChangedByteIsFoundOrChangesTheHead() throws IOException {
    String head = head();
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(TestSeed.VALUE);
    for (int i = 0; i < 300; i++) {
      byte[] changed = sound.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(7));
      Files.write(file, changed);
      String now;
      try {
        now = head();
      } catch (VerificationException e) {
        continue;
      }
      assertNotEquals(head, now, new String(changed));
    }
  }
}
