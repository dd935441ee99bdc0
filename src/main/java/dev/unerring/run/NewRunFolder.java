// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.base.WorkMonitor;
import dev.unerring.npz.NpzReader;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where the files of a new run go: nothing that is there is ever overwritten. */
final class NewRunFolder {
  private NewRunFolder() {}

  /**
   * A folder that is to appear under {@code path} with all its files at once: until {@link
   * RunFolder#publish} they are in a hidden folder beside it.
   *
   * @throws UsageException where {@code path} holds something, or is a link
   */
  static RunFolder staged(Path path) {
    Path target = path.toAbsolutePath().normalize();
    try {
      requireFree(path);
      Files.createDirectories(target.getParent());
      return new RunFolder(path, hidden(target), AtomicFile::write);
    } catch (IOException e) {
      throw new DataException(
          "cannot make a folder beside " + path + ": " + IoReason.of(e) + "; name another --out",
          e);
    }
  }

  /**
   * Refuses a place that a staged folder cannot take. The lock of a killed run is removed.
   *
   * @throws UsageException where {@code path} holds something, is a link, or is written by a run
   */
  static void requireFree(Path path) throws IOException {
    Path target = path.toAbsolutePath().normalize();
    if (Files.isSymbolicLink(target)) {
      throw new UsageException("out", "--out " + path + " is a link; name the folder itself");
    }
    if (Files.exists(target)) {
      RunLock.clear(path, WorkMonitor.SILENT);
      requireEmpty(path, "");
    }
  }

  /** What a killed process has left under such a name stays there. */
  private static Path hidden(Path target) throws IOException {
    String name = "." + target.getFileName() + ".partial-" + ProcessHandle.current().pid();
    for (int number = 1; ; number++) {
      try {
        String free = number == 1 ? name : name + "-" + number;
        return Files.createDirectory(target.resolveSibling(free));
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
    }
  }

  /**
   * A free name beside the folder of a run: NAME-v2 for its second version, NAME-v3 beside that,
   * with -2, -3, ... where it is taken.
   *
   * @param version of the run that is there
   */
  static Path nextVersion(Path run, int version) {
    Path last = run.normalize().getFileName();
    boolean named = last != null && !last.toString().isEmpty() && !last.toString().equals("..");
    Path known = named ? run.normalize() : run.toAbsolutePath().normalize();
    String own = "-v" + version;
    String name = known.getFileName().toString();
    boolean numbered = version > 1 && name.endsWith(own);
    String stem = numbered ? name.substring(0, name.length() - own.length()) : name;
    Path next = known.resolveSibling(stem + "-v" + (version + 1));
    for (int number = 2; Files.exists(next); number++) {
      next = known.resolveSibling(stem + "-v" + (version + 1) + "-" + number);
    }
    return next;
  }

  /**
   * Takes the folder that is asked for, which must be new or empty, before any work is done; of no
   * certain one, sees that one can be made.
   *
   * @throws UsageException where it holds something: an earlier run is never overwritten; or where
   *     another run is writing it
   * @throws DataException where it cannot be written
   */
  static RunLock reserve(RunRequest request, WorkMonitor monitor) {
    Path out = request.out();
    if (out == null) {
      requireWritable(Path.of("runs"));
      return RunLock.none();
    }
    if (request.keeping().resume() && ResumedRun.begun(out)) {
      return RunLock.inside(out, monitor);
    }
    if (!Files.exists(out)) {
      requireWritable(out);
    } else if (!Files.exists(out.resolve(RunLock.NAME))) {
      requireFreeOrLocked(out);
    }
    RunLock lock = RunLock.inside(out, monitor);
    try {
      requireFreeOrLocked(out);
      return lock;
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static void requireFreeOrLocked(Path out) {
    try {
      requireEmpty(out, RunLock.NAME);
    } catch (IOException e) {
      throw new DataException("cannot read the folder " + out + ": " + IoReason.of(e), e);
    }
  }

  private static void requireWritable(Path path) {
    Path there = path.toAbsolutePath().normalize();
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      throw new DataException(
          "the folder "
              + path
              + " cannot be made: "
              + there
              + " is not a folder that may be written"
              + "; choose another --out");
    }
  }

  /**
   * Makes the folder of a run: the one that was reserved, or else runs/DATA-ARCH-seedSEED with -2,
   * -3, ... where that is taken.
   */
  static RunFolder create(RunRequest request, RunFolder.Writer writer) {
    Path path = request.out() != null ? request.out() : createNumbered(request);
    return new RunFolder(path, path, writer);
  }

  private static Path createNumbered(RunRequest request) {
    String data = NpzReader.stem(request.data());
    String network =
        request.arrays() == null
            ? request.plan().architecture()
            : request.plan().resolved(request.arrays().image()).architecture();
    String stem = data + "-" + network + "-seed" + request.plan().seed();
    Path runs = Path.of("runs");
    try {
      Files.createDirectories(runs);
      for (int number = 1; ; number++) {
        Path path = runs.resolve(number == 1 ? stem : stem + "-" + number);
        try {
          return Files.createDirectory(path);
        } catch (FileAlreadyExistsException taken) {
          continue;
        }
      }
    } catch (IOException e) {
      throw new DataException(
          "cannot make a folder in " + runs.toAbsolutePath() + ": " + IoReason.of(e), e);
    }
  }

  /**
   * Refuses a folder that holds anything.
   *
   * @param allowed a name that may be there
   */
  private static void requireEmpty(Path path, String allowed) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new UsageException("out", "--out " + path + " is not a folder; choose another");
    }
    try (Stream<Path> content = Files.list(path)) {
      if (content.anyMatch(file -> !file.getFileName().toString().equals(allowed))) {
        throw new UsageException(
            "out", "--out " + path + " is not empty; choose another folder, or remove it first");
      }
    }
  }
}
