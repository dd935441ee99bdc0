// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs into one folder: the second is told before it has done any work. */
class RunLockTest {
  @TempDir private Path folder;

  @Test
  void aSecondTrainingIntoAFolderIsRefusedAtOnce() throws IOException {
    Path data = TestData.write(folder.resolve("set.npz"), 40, 2);
    Path out = folder.resolve("a/run");
    List<String> refused = new ArrayList<>();
    Monitor second =
        new Monitor() {
          @Override
          public void row(String text) { // while the first one trains
            if (refused.isEmpty()) {
              Path none = folder.resolve("no-data.npz"); // which is not looked at
              UsageException e =
                  assertThrows(UsageException.class, () -> train(none, out, Monitor.SILENT));
              assertEquals(
                  "another run is writing " + out + "; wait for it, or name another --out",
                  e.getMessage());
              refused.add(e.getMessage());
            }
          }
        };
    RunResult first = train(data, out, second);
    assertTrue(first.goalReached());
    assertEquals(1, refused.size());
    try (Stream<Path> files = Files.list(out)) {
      assertFalse(files.anyMatch(file -> file.endsWith(RunLock.NAME)), "it goes with the run");
    }
  }

  @Test
  void aSecondCorrectionIntoAFolderIsRefusedAtOnce() {
    Path target = folder.resolve("run-v2");
    try (RunLock _ = RunLock.beside(target, Monitor.SILENT)) {
      UsageException e =
          assertThrows(UsageException.class, () -> RunLock.beside(target, Monitor.SILENT));
      assertEquals(
          "another run is writing " + target + "; wait for it, or name another --out",
          e.getMessage());
      RunLock.beside(folder.resolve("run-v3"), Monitor.SILENT).close();
    }
    RunLock.beside(target, Monitor.SILENT).close();
    assertFalse(Files.exists(target));
  }

  @Test
  void whatAKilledRunLeftBeforeItsFirstFileIsNotInTheWay() throws IOException {
    Path data = TestData.write(folder.resolve("set.npz"), 40, 2);
    Path out = Files.createDirectories(folder.resolve("run"));
    Files.createFile(out.resolve(RunLock.NAME));
    assertTrue(train(data, out, Monitor.SILENT).goalReached());
  }

  @Test
  void whatAKilledRunLeftIsNotInTheWayOfACorrection() throws IOException {
    Path out = Files.createDirectories(folder.resolve("run"));
    Files.createFile(out.resolve(RunLock.NAME));
    NewRunFolder.requireFree(out);
    try (Stream<Path> left = Files.list(out)) {
      assertEquals(List.of(), left.toList(), "so that the new version can take the name");
    }
    try (RunLock _ = RunLock.inside(out, Monitor.SILENT)) {
      UsageException e = assertThrows(UsageException.class, () -> NewRunFolder.requireFree(out));
      assertTrue(e.getMessage().startsWith("another run is writing " + out), e.getMessage());
    }
  }

  /** The work is done: a file that cannot be removed must not end it in an error. */
  @Test
  void aLockFileThatStaysIsANote() throws IOException {
    Path place = Files.createDirectories(folder.resolve("runs"));
    List<String> notes = new ArrayList<>();
    Monitor monitor =
        new Monitor() {
          @Override
          public void note(String text) {
            notes.add(text);
          }
        };
    RunLock lock = RunLock.beside(place.resolve("run"), monitor);
    Files.move(place, folder.resolve("elsewhere"));
    Files.createFile(place); // what is below it can be neither found nor removed
    lock.close();
    assertEquals(1, notes.size(), notes.toString());
    assertTrue(
        notes.getFirst().contains("a lock file stays, which does no harm: "), notes::toString);
    Files.delete(place);
    Files.createDirectory(place);
    RunLock.beside(place.resolve("run"), monitor).close();
  }

  @Test
  void foldersThatAreNotUsedGoWithTheLock() throws IOException {
    Path out = folder.resolve("a/b/run");
    assertThrows(DataException.class, () -> train(folder.resolve("none"), out, Monitor.SILENT));
    assertFalse(Files.exists(folder.resolve("a")));
    Path there = Files.createDirectories(folder.resolve("a"));
    assertThrows(DataException.class, () -> train(folder.resolve("none"), out, Monitor.SILENT));
    assertTrue(Files.exists(there), "it was there before");
    assertFalse(Files.exists(there.resolve("b")));
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamedFirst() {
    Path proc = Path.of("/proc/self/none/run");
    for (Path out : List.of(proc, TestData.write(folder.resolve("x.npz"), 8, 2).resolve("run"))) {
      DataException e =
          assertThrows(
              DataException.class, () -> train(folder.resolve("none"), out, Monitor.SILENT));
      assertTrue(e.getMessage().startsWith("the folder " + out), e.getMessage());
      assertTrue(e.getMessage().contains("choose another --out"), e.getMessage());
    }
  }

  private static RunResult train(Path data, Path out, Monitor monitor) {
    RunRequest request = new RunRequest(data, out, TrainingPlan.standard(), TestBackends.device());
    return Pipeline.train(request, monitor, () -> 0);
  }
}
