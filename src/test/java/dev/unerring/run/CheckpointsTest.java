// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.AtomicFile;
import dev.unerring.network.Checkpoint;
import dev.unerring.train.Monitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When checkpoints are due, and which one a run goes on from. */
class CheckpointsTest implements Monitor {
  private static final long SECOND = 1_000_000_000L;

  @TempDir private Path folder;
  private final List<String> notes = new ArrayList<>();
  private long now;

  @Override
  public void note(String text) {
    notes.add(text);
  }

  private Checkpoints open(long every, String data) {
    return Checkpoints.open(folder, this, () -> now, every, Map.of("data", data));
  }

  private static Checkpoint numbered(int n) {
    Checkpoint checkpoint = new Checkpoint().put("number", n);
    checkpoint.put("values", new float[] {n, Float.NaN, -0.0f});
    return checkpoint;
  }

  private int kept() {
    return open(0, "a").kept().orElseThrow().facts().small("number");
  }

  @Test
  void oneIsDueWhenTheTimeIsUpOrTheFileIsThere() throws IOException {
    Checkpoints checkpoints = open(30 * SECOND, "a");
    now += 29 * SECOND;
    assertFalse(checkpoints.due());
    now += 2 * SECOND;
    assertTrue(checkpoints.due());
    checkpoints.keep(numbered(1));
    now += SECOND;
    assertFalse(checkpoints.due());
    Files.createFile(folder.resolve(Checkpoints.REQUEST));
    now += SECOND;
    assertTrue(checkpoints.due());
    checkpoints.keep(numbered(2));
    assertFalse(Files.exists(folder.resolve(Checkpoints.REQUEST)), "it is answered");
    assertEquals(1, notes.size(), notes.toString());
    now += SECOND;
    assertFalse(checkpoints.due());
  }

  @Test
  void savingTakesAtMostAFiftiethOfTheTime() {
    Checkpoints checkpoints =
        Checkpoints.open(folder, this, () -> now += SECOND, 0, Map.of("data", "a"));
    for (int i = 0; i < 12; i++) {
      checkpoints.due();
    }
    checkpoints.keep(numbered(1)); // took a second or more
    int asked = 0;
    while (!checkpoints.due()) {
      asked++;
    }
    assertTrue(asked >= 48 && asked <= 52, "after " + asked + " s");
  }

  @Test
  void aDamagedOneIsNamedAndTheOneBeforeIsTaken() throws IOException {
    Checkpoints checkpoints = open(0, "a");
    checkpoints.keep(numbered(1));
    checkpoints.keep(numbered(2));
    assertEquals(2, kept());
    Path file = folder.resolve(Checkpoints.FILE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertEquals(1, kept());
    assertTrue(notes.getLast().contains(file + " is damaged"), notes.toString());
    Files.write(AtomicFile.previous(file), bytes);
    assertTrue(open(0, "a").kept().isEmpty(), "from the start");
  }

  @Test
  void oneOfOtherDataIsRefused() {
    open(0, "a").keep(numbered(1));
    DataException e = assertThrows(DataException.class, () -> open(0, "b"));
    assertTrue(e.getMessage().contains("of a run with another data: a, here b"), e.getMessage());
  }

  @Test
  void oneThatCannotBeWrittenEndsNoRun() throws IOException {
    Checkpoints checkpoints = open(0, "a");
    checkpoints.keep(numbered(1));
    Path file = folder.resolve(Checkpoints.FILE);
    Path aside = folder.resolve("aside");
    Files.move(file, aside);
    Files.createDirectory(file);
    checkpoints.keep(numbered(2));
    assertTrue(notes.getLast().startsWith("no checkpoint now"), notes.toString());
    Files.delete(file);
    Files.move(aside, file);
    assertEquals(1, kept());
  }
}
