// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.IoReason;
import dev.unerring.base.LockFile;
import dev.unerring.base.WorkMonitor;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The right to write one run folder, from before the first work on. A second run that wants the
 * same folder is refused at once. Folders that were made for it, and hold nothing at its end, go
 * with it.
 */
final class RunLock implements AutoCloseable {
  /** The lock inside a folder that is there; beside one that is to appear it has its name, too. */
  static final String NAME = ".unerring-lock";

  private final List<Path> made;
  private final WorkMonitor monitor;
  private Optional<LockFile> lock = Optional.empty();

  private RunLock(List<Path> made, WorkMonitor monitor) {
    this.made = made;
    this.monitor = monitor;
  }

  /** Of a folder whose name is not taken yet. */
  static RunLock none() {
    return new RunLock(List.of(), WorkMonitor.SILENT);
  }

  /** For a folder that is written in its place; it is made where it is not there. */
  static RunLock inside(Path folder, WorkMonitor monitor) {
    return of(folder, folder, NAME, monitor);
  }

  /** For a folder that is to appear with all its files at once. */
  static RunLock beside(Path folder, WorkMonitor monitor) {
    Path target = folder.toAbsolutePath().normalize();
    return of(folder, target.getParent(), NAME + "-" + target.getFileName(), monitor);
  }

  /**
   * Removes what a killed run left of its lock in a folder.
   *
   * @throws UsageException where another run holds it
   */
  static void clear(Path folder, WorkMonitor monitor) {
    if (Files.exists(folder.resolve(NAME))) {
      inside(folder, monitor).close();
    }
  }

  private static RunLock of(Path folder, Path place, String name, WorkMonitor monitor) {
    RunLock own = new RunLock(missing(place), monitor);
    try {
      Files.createDirectories(place);
      own.lock = LockFile.take(place.resolve(name), true);
      if (own.lock.isEmpty()) {
        throw new UsageException(
            "out", "another run is writing " + folder + "; wait for it, or name another --out");
      }
      return own;
    } catch (FileSystemException e) {
      own.close();
      throw new DataException(
          "the folder "
              + place
              + " cannot be written: "
              + IoReason.of(e)
              + "; choose another --out",
          e);
    } catch (IOException e) { // what a file system without locks answers
      monitor.note(
          "note: "
              + place
              + " is on a file system without locks ("
              + IoReason.of(e)
              + "): a second run that writes "
              + folder
              + " is not noticed");
      return own;
    } catch (RuntimeException | Error e) {
      own.close();
      throw e;
    }
  }

  /** The folders on the way to this one that are not there, the last first. */
  private static List<Path> missing(Path folder) {
    List<Path> missing = new ArrayList<>();
    Path path = folder.toAbsolutePath().normalize();
    for (; path != null && !Files.exists(path); path = path.getParent()) {
      missing.add(path);
    }
    return missing;
  }

  /** Releases the lock. A lock file that cannot be removed stays: it does no harm. */
  @Override
  public void close() {
    try {
      if (lock.isPresent()) {
        lock.get().close();
      }
      for (Path folder : made) {
        Files.deleteIfExists(folder);
      }
    } catch (DirectoryNotEmptyException e) {
      return; // it is in use
    } catch (IOException e) {
      monitor.note("note: a lock file stays, which does no harm: " + IoReason.of(e));
    }
  }
}
