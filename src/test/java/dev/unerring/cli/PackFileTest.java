// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Sha256;
import dev.unerring.images.ImageFolder;
import dev.unerring.npz.NpzWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The record beside a packed set names the labels of a set that does not hold them. */
class PackFileTest {
  @TempDir private Path folder;

  /** Sets that were packed before names stood inside have them beside it. */
  @Test
  void aPackFileOfAnotherSetIsRefused() throws IOException {
    Path images = folder.resolve("images");
    Path out = folder.resolve("set.npz");
    for (int i = 0; i < 40; i++) {
      ImageFolder.write(
          images, (i % 2 == 0 ? "benign/" : "malignant/") + i + ".png", 30, 20, 3 * i);
    }
    assertEquals(0, CommandRun.of("datasets", "pack", "--out", out, "--images", images).code());
    Path pack = folder.resolve("set.pack.json");
    String packed = Sha256.hexOfFile(out);
    withoutNamesInside(out);
    String good = Files.readString(pack).replace(packed, Sha256.hexOfFile(out));
    Files.writeString(pack, good);
    CommandRun named = CommandRun.of("audit", "--data", out);
    assertTrue(named.out().contains("class 1 malignant"), named.out() + named.err());
    String[][] damages = {
      {"\"sha256\": \"", "\"sha256\": \"0", "belongs to a file with SHA-256"},
      {"unerring-pack-1", "unerring-pack-9", "its format is not unerring-pack-1"},
      {"\"labels\": [\"benign\"", "\"labels\": [\"malignant\"", "stands there twice"},
      {"\"labels\": [\"benign\", ", "\"labels\": [", "do not fit the set's 2"},
      {"\"labels\": [\"benign\"", "\"labels\": [\"\\u001b[2J\"", "is no name"},
      {"binary-class", "guessing", "is not a task"},
      {"\"task\"", "\"tusk\"", "\"task\" is missing"},
      {"\"crop\"", "\"zoom\"", "zoom is not a rule of fit"},
      {"\"fit\"", "\"fat\"", "\"fit\" is missing"},
      {"\"labels\": [\"benign\", \"malignant\"]", "\"labels\": 3", "not of the type"},
      {"{", "[", "set.pack.json"},
    };
    for (String[] damage : damages) {
      Files.writeString(pack, good.replace(damage[0], damage[1]));
      CommandRun run = CommandRun.of("audit", "--data", out);
      assertEquals(5, run.code(), damage[1]);
      assertTrue(run.err().contains(damage[2]), run.err());
      assertFalse(run.err().contains("\u001b"));
    }
    Files.delete(pack);
    CommandRun run = CommandRun.of("audit", "--data", out);
    assertEquals(0, run.code());
    assertTrue(run.out().contains("class 1 1"), run.out());
  }

  private static void withoutNamesInside(Path npz) throws IOException {
    NpzWriter bare = new NpzWriter(false);
    try (ZipFile zip = new ZipFile(npz.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (entry.getName().matches("(train|val|test)_.*")) {
          String name = entry.getName().replace(".npy", "");
          bare.add(name, zip.getInputStream(entry).readAllBytes());
        }
      }
    }
    bare.write(npz);
  }
}
