// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.unerring.DataException;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.DiskSpace;
import dev.unerring.network.ModelFile;
import dev.unerring.suite.TestData;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full is known before training, and a trained model is not lost to one. */
class FullDiskTest {
  @TempDir private Path folder;
  private Path data;

  @BeforeEach
  void data() {
    data = folder.resolve("set.npz");
    TestData.write(data, 40, 2);
  }

  /** A writer whose n-th file, and all after it, meet a full disk. */
  private static final class Filling implements RunFolder.Writer {
    private final int fullAt;
    private int files;
    private byte[] tried;
    private byte[] saved;

    Filling(int fullAt) {
      this.fullAt = fullAt;
    }

    @Override
    public void write(Path file, AtomicFile.Content content) {
      files++;
      boolean isModel = file.endsWith(RunFolder.MODEL);
      tried = isModel ? bytes(content) : tried;
      if (files >= fullAt) {
        throw new DataException(file + ": not saved: No space left on device");
      }
      AtomicFile.write(file, content);
      saved = isModel ? tried : saved;
    }

    private static byte[] bytes(AtomicFile.Content content) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      assertDoesNotThrow(() -> content.writeTo(bytes));
      return bytes.toByteArray();
    }
  }

  private static TrainingPlan plan() {
    Map<String, Object> json = new LinkedHashMap<>(TrainingPlan.standard().toJson());
    json.put("epochs", 1L);
    return TrainingPlan.fromJson(json, "plan");
  }

  private RunResult train(Path out, RunFolder.Writer writer) {
    TrainingPlan plan = plan();
    RunRequest request = new RunRequest(data, out, plan, new Device("cpu", "auto", 1));
    return FreshStart.run(request, new Monitor() {}, new Stopwatch(() -> 0), writer);
  }

  @Test
  void whateverFileMeetsTheFullDiskTheModelIsKept() throws IOException {
    Filling none = new Filling(Integer.MAX_VALUE);
    train(folder.resolve("whole"), none);
    assertTrue(none.files >= 9, "files of a run: " + none.files);
    int places = 0;
    for (int n = 1; n <= none.files; n++) {
      Path out = folder.resolve("full-" + n);
      Filling full = new Filling(n);
      DataException failure = assertThrows(DataException.class, () -> train(out, full), "" + n);
      String text = failure.getMessage();
      assertEquals(5, failure.exitCode());
      assertTrue(text.contains("No space left"), text);
      if (text.contains("the model is kept as ")) {
        Path kept = Path.of(text.replaceFirst("(?s).*the model is kept as ", ""));
        byte[] saved = Files.readAllBytes(kept);
        Files.delete(kept);
        assertArrayEquals(full.tried, saved);
        places++;
      } else if (full.saved != null) {
        assertTrue(text.contains("the model is saved, but not"), text);
        assertTrue(text.contains(RunFolder.RESULT), text);
      } else {
        assertTrue(n <= 3, "before training only: " + n + ": " + text);
      }
      if (full.saved != null) {
        assertArrayEquals(full.saved, Files.readAllBytes(out.resolve(RunFolder.MODEL)));
      }
      assertEquals(n > 1, Files.exists(out), "an empty folder goes");
      try (Stream<Path> left = Files.walk(folder)) {
        assertTrue(left.noneMatch(file -> file.getFileName().toString().startsWith(".")));
      }
    }
    assertTrue(places >= 2, "the model of training, and the corrected one: " + places);
  }

  /** One record that fails, while there is room again for those after it. */
  @Test
  void aRunWithoutOneRecordIsARun() {
    Path out = folder.resolve("run");
    RunFolder.Writer writer =
        (file, content) -> {
          if (file.endsWith("errors.csv")) {
            throw new DataException(file + ": not saved: No space left on device");
          }
          AtomicFile.write(file, content);
        };
    DataException failure = assertThrows(DataException.class, () -> train(out, writer));
    assertTrue(failure.getMessage().contains("not errors.csv"), failure.getMessage());
    assertFalse(Files.exists(out.resolve("errors.csv")));
    TrainedRun run = TrainedRun.open(out);
    try (ReferenceBackend backend = new ReferenceBackend()) {
      assertEquals("small", run.network(backend, 1).architecture());
    }
  }

  @Test
  void aSmallDiskIsRefusedBeforeTrainingAndALargeEnoughOneIsNot() throws Exception {
    Path mount = Files.createDirectory(folder.resolve("small"));
    if (mount(mount, "size=3m") != 0) {
      System.err.println("FullDiskTest: mounting is not allowed here, the small disk is not tried");
      abort("mount is not allowed here");
    }
    try {
      Path out = mount.resolve("run");
      DataException refusal =
          assertThrows(DataException.class, () -> train(out, AtomicFile::write));
      assertTrue(refusal.getMessage().contains("free some"), refusal.getMessage());
      try (Stream<Path> left = Files.walk(mount)) {
        assertEquals(List.of(), left.filter(Files::isRegularFile).toList());
      }
      assertEquals(0, mount(mount, "remount,size=12m"));
      Path again = mount.resolve("again");
      train(again, AtomicFile::write);
      assertTrue(
          ModelFile.read(again.resolve(RunFolder.MODEL), new ReferenceBackend(), 1).classes() == 2);
    } finally {
      new ProcessBuilder("umount", mount.toString()).start().waitFor(30, TimeUnit.SECONDS);
    }
  }

  /** What is taken cannot be used up by others, and is theirs again when it is given back. */
  @Test
  void takenRoomIsKeptFromOthers() throws Exception {
    Path mount = Files.createDirectory(folder.resolve("room"));
    if (mount(mount, "size=2m") != 0) {
      System.err.println("FullDiskTest: mounting is not allowed here, taken room is not tried");
      abort("mount is not allowed here");
    }
    try (DiskSpace room = DiskSpace.take(mount, 1_500_000, "a test")) {
      assertThrows(
          IOException.class, () -> Files.write(mount.resolve("other"), new byte[1_000_000]));
      Files.delete(mount.resolve("other"));
      room.give(1_000_000);
      Files.write(mount.resolve("own"), new byte[1_000_000]);
      try (Stream<Path> left = Files.list(mount)) {
        assertEquals(List.of(mount.resolve("own")), left.toList());
      }
    } finally {
      new ProcessBuilder("umount", mount.toString()).start().waitFor(30, TimeUnit.SECONDS);
    }
  }

  private static int mount(Path where, String options) throws Exception {
    try {
      Process mount =
          new ProcessBuilder("mount", "-t", "tmpfs", "-o", options, "tmpfs", where.toString())
              .redirectErrorStream(true)
              .start();
      return mount.waitFor(30, TimeUnit.SECONDS) ? mount.exitValue() : -1;
    } catch (IOException e) {
      return -1;
    }
  }
}
