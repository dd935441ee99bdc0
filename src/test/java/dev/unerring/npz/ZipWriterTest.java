// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unerring.DataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files written from front to back, with and without zip64, read by our reader and the JDK's. */
class ZipWriterTest {
  @TempDir private Path folder;

  @Test
  void streamedAndPlainEntriesAreReadBack() throws IOException {
    byte[] items = new byte[5000];
    for (int i = 0; i < items.length; i++) {
      items[i] = (byte) (i * i / 7);
    }
    byte[] npy = NpzWriter.npy("|u1", List.of(5000), items);
    for (boolean deflated : new boolean[] {false, true}) {
      for (long zip64From : new long[] {0xFFFFFFFFL, 1000}) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ZipWriter zip = new ZipWriter(bytes, deflated, zip64From);
        zip.entry("a.npy", npy.length, out -> out.write(npy));
        zip.entry("b.npy", npy);
        zip.entry("c.npy", npy.length, out -> out.write(npy));
        zip.finish("said");
        Path file = Files.write(folder.resolve("x.npz"), bytes.toByteArray());
        try (NpzReader npz = NpzReader.open(file);
            Arena arena = Arena.ofConfined()) {
          assertEquals("said", npz.comment());
          for (String name : List.of("a", "b", "c")) {
            assertArrayEquals(items, npz.read(name, arena).toArray(ValueLayout.JAVA_BYTE));
          }
        }
        try (ZipFile other = new ZipFile(file.toFile())) {
          assertEquals("said", other.getComment());
          assertArrayEquals(npy, other.getInputStream(other.getEntry("c.npy")).readAllBytes());
        }
      }
    }
  }

  /** A stream cannot be read back to a descriptor, so readers of streams want sizes first. */
  @Test
  void aStreamOfTheFileIsReadFromFrontToBack() throws IOException {
    byte[] items = new byte[70_000];
    for (int i = 0; i < items.length; i++) {
      items[i] = (byte) (i * i >> 5);
    }
    for (boolean deflated : new boolean[] {false, true}) {
      for (long zip64From : new long[] {0xFFFFFFFFL, 1000}) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ZipWriter zip = new ZipWriter(bytes, deflated, zip64From);
        zip.entry("a.npy", items.length, out -> out.write(items));
        zip.entry("b.npy", new byte[] {7});
        zip.finish("");
        try (ZipInputStream stream =
            new ZipInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
          var first = stream.getNextEntry();
          assertEquals("a.npy", first.getName());
          assertEquals(items.length, first.getSize(), "the size stands before the data");
          assertArrayEquals(items, stream.readAllBytes());
          assertEquals("b.npy", stream.getNextEntry().getName());
          assertArrayEquals(new byte[] {7}, stream.readAllBytes());
          assertNull(stream.getNextEntry());
        }
      }
    }
  }

  @Test
  void aContentThatChangesMeanwhileIsNotSaved() {
    int[] calls = {0};
    ZipWriter zip = new ZipWriter(new ByteArrayOutputStream(), false);
    IOException failure =
        assertThrows(IOException.class, () -> zip.entry("a.npy", 1, out -> out.write(calls[0]++)));
    assertEquals("a.npy was changed while it was written", failure.getMessage());
  }

  @Test
  void anEntryOfAnotherSizeThanAnnouncedIsAFault() {
    ZipWriter zip = new ZipWriter(new ByteArrayOutputStream(), false);
    assertThrows(
        IllegalStateException.class, () -> zip.entry("a", 3, out -> out.write(new byte[4])));
  }

  @Test
  void aFailureWhileItemsAreMadeLeavesNoFile() throws IOException {
    Path file = folder.resolve("y.npz");
    NpzWriter writer =
        new NpzWriter(false)
            .addStreamed(
                "a",
                "|u1",
                List.of(9),
                out -> {
                  throw new IOException("no more");
                });
    assertThrows(DataException.class, () -> writer.write(file));
    assertFalse(Files.exists(file));
    try (var left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
