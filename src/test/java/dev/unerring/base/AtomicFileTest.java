// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.StoppedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Safe writes: old or new content, never half of it, and nothing left lying about. */
class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void writesAndKeepsThePreviousGeneration() throws IOException {
    Path file = folder.resolve("result.json");
    AtomicFile.write(file, new byte[] {1});
    assertEquals(List.of("result.json"), names());
    AtomicFile.write(file, new byte[] {2, 2});
    AtomicFile.write(file, new byte[0]);
    assertArrayEquals(new byte[0], Files.readAllBytes(file));
    assertArrayEquals(new byte[] {2, 2}, Files.readAllBytes(AtomicFile.previous(file)));
    assertEquals(List.of("result.json", "result.json.previous"), names());
  }

  @Test
  void acceptsAPathWithoutFolder() throws IOException {
    Path file = Path.of("atomic-file-test.tmp");
    try {
      AtomicFile.write(file, new byte[] {7});
      assertArrayEquals(new byte[] {7}, Files.readAllBytes(file));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  @Test
  void missingFolderIsNamed() {
    Path file = folder.resolve("none").resolve("x");
    DataException e =
        assertThrows(DataException.class, () -> AtomicFile.write(file, new byte[] {1}));
    assertTrue(e.getMessage().startsWith(file + ": not saved: there is no such"), e.getMessage());
  }

  @Test
  void aFolderUnderTheNameStays() throws IOException {
    Path file = Files.createDirectory(folder.resolve("taken"));
    DataException e =
        assertThrows(DataException.class, () -> AtomicFile.write(file, new byte[] {1}));
    assertTrue(e.getMessage().contains("it is not a regular file"), e.getMessage());
    assertTrue(Files.isDirectory(file));
    assertEquals(List.of("taken"), names());
  }

  @Test
  void readOnlyFolderKeepsTheOldContent() throws IOException {
    Path file = folder.resolve("kept");
    AtomicFile.write(file, new byte[] {1});
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      if (Files.isWritable(folder)) {
        String reason = "skipped: this user (root) may write into read-only folders";
        System.err.println("AtomicFileTest: " + reason);
        Assumptions.abort(reason);
      }
      DataException e =
          assertThrows(DataException.class, () -> AtomicFile.write(file, new byte[] {2}));
      assertTrue(e.getMessage().contains("permission denied"), e.getMessage());
      assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void aLeftTemporaryFileIsNotInTheWay() throws IOException {
    Path file = folder.resolve("x");
    String left = ".x." + ProcessHandle.current().pid() + "-1.tmp";
    Files.write(folder.resolve(left), new byte[] {9, 9, 9});
    AtomicFile.write(file, new byte[] {1});
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
    assertEquals(
        List.of(left, "x"), names(), "that may be the file of a container beside this one");
  }

  @Test
  void threadsThatWriteOneFileDoNotTearEachOther() throws Exception {
    Path file = folder.resolve("x");
    byte[][] contents = new byte[4][];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = new byte[50_000 + i];
      Arrays.fill(contents[i], (byte) i);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(contents.length)) {
      List<Future<?>> all = new ArrayList<>();
      for (byte[] content : contents) {
        all.add(
            threads.submit(() -> {
              for (int n = 0; n < 30; n++) {
                AtomicFile.write(file, content);
              }
            }));
      }
      for (Future<?> each : all) {
        each.get(); // none failed
      }
    }
    byte[] last = Files.readAllBytes(file);
    assertArrayEquals(contents[last[0]], last);
    assertEquals(List.of("x", "x.previous"), names());
  }

  @Test
  void anInterruptedThreadWritesAllTheSame() throws IOException {
    Path file = folder.resolve("x");
    AtomicFile.write(file, new byte[] {1});
    Thread.currentThread().interrupt();
    AtomicFile.write(
        file,
        out -> {
          out.write(2);
          Thread.currentThread().interrupt();
        });
    assertTrue(Thread.interrupted(), "the status is the caller's");
    assertArrayEquals(new byte[] {2}, Files.readAllBytes(file));
    assertEquals(List.of("x", "x.previous"), names());
  }

  @Test
  void whatFailsOrIsStoppedLeavesTheOldContentAndNothingElse() throws IOException {
    Path file = folder.resolve("x");
    AtomicFile.write(file, new byte[] {1});
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFile.write(
                file,
                out -> {
                  out.write(new byte[100_000]);
                  throw new IllegalStateException("of the caller");
                }));
    WorkMonitor stopping =
        new WorkMonitor() {
          @Override
          public boolean stopped() {
            return true;
          }
        };
    StoppedException stop =
        assertThrows(
            StoppedException.class, () -> AtomicFile.write(file, stopping, out -> out.write(2)));
    assertEquals("interrupted while checking x", stop.getMessage());
    assertArrayEquals(new byte[] {1}, Files.readAllBytes(file));
    assertEquals(List.of("x"), names());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
