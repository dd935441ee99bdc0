package dev.unerring.base;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/**
 * Writes a file so that at every instant either the old or the new content stands under its name.
 * The new content gets the name only after it has been read back. Any number of threads and
 * processes may write the same file: one of the contents is left. An interrupted thread writes like
 * any other.
 */
public final class AtomicFile {
  private static final boolean FOLDERS_CAN_BE_FORCED =
      !System.getProperty("os.name").startsWith("Windows");

  private static final int BUFFER = 1 << 16;

  private AtomicFile() {}

  /** Writes what a file shall hold; called once, in order, the stream stays open. */
  public interface Content {
    /** Writes all of it. */
    void writeTo(OutputStream out) throws IOException;
  }

  /** The same as {@link #write(Path, Content)} for bytes in memory. */
  public static void write(Path target, byte[] bytes) {
    write(target, out -> out.write(bytes));
  }

  /** The same as {@link #write(Path, WorkMonitor, Content)} without a monitor. */
  public static void write(Path target, Content content) {
    write(target, WorkMonitor.SILENT, content);
  }

  /**
   * Writes {@code content} under {@code target}: temporary file in the same folder, forced to the
   * disk, read back and compared by SHA-256, renamed over the target, folder forced. What stood
   * there before is kept as {@code <name>.previous}.
   *
   * @param monitor watches the reading back; the content itself asks where it takes long
   * @throws DataException with the file and the reason when any step fails
   * @throws StoppedException when the monitor stops; in both cases the temporary file is removed,
   *     and the old content stays under its name
   */
  public static void write(Path target, WorkMonitor monitor, Content content) {
    Path file = target.toAbsolutePath();
    try {
      Path temporary = fresh(file, ".tmp");
      boolean moved = false;
      try {
        String written = writeForced(temporary, content);
        if (!Sha256.hexOfFile(temporary, monitor, file.getFileName()).equals(written)) {
          throw new DataException(
              target
                  + ": not saved: what is read back differs from what was written; check the disk");
        }
        keepPrevious(file);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        moved = true; // from here on another writer may have that name
      } finally {
        if (!moved) {
          Files.deleteIfExists(temporary);
        }
      }
      forceFolder(file.getParent());
    } catch (IOException e) {
      String advice = "check that the folder exists, is writable and has space left";
      throw new DataException(target + ": not saved: " + IoReason.of(e) + "; " + advice, e);
    }
  }

  /** Where {@link #write} keeps the former content of {@code target}. */
  public static Path previous(Path target) {
    return target.resolveSibling(target.getFileName() + ".previous");
  }

  /**
   * A new empty file beside {@code file}, which no other writer has: not another thread, nor a
   * process with the same number in another container on the same folder.
   */
  private static Path fresh(Path file, String suffix) throws IOException {
    String prefix = "." + file.getFileName() + "." + ProcessHandle.current().pid() + "-";
    for (int number = 1; ; number++) {
      try {
        return Files.createFile(file.resolveSibling(prefix + number + suffix));
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
    }
  }

  /** Returns the SHA-256 of what was written. */
  private static String writeForced(Path file, Content content) throws IOException {
    try (FileOutputStream stream = new FileOutputStream(file.toFile())) {
      MessageDigest digest = Sha256.digest();
      OutputStream out = new BufferedOutputStream(new DigestOutputStream(stream, digest), BUFFER);
      content.writeTo(out);
      out.flush();
      stream.getFD().sync();
      return Sha256.hex(digest);
    }
  }

  /** The target keeps its name meanwhile: the former content gets a second one. */
  private static void keepPrevious(Path file) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.isRegularFile(file)) {
      throw new FileAlreadyExistsException(file.toString(), null, "it is not a regular file");
    }
    Path former = fresh(file, ".old");
    boolean moved = false;
    try {
      try (FileOutputStream copy = new FileOutputStream(former.toFile())) {
        Files.copy(file, copy);
        copy.getFD().sync();
      }
      Files.move(former, previous(file), StandardCopyOption.ATOMIC_MOVE);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(former);
      }
    }
  }

  /** Forces the names in a folder to the disk. */
  public static void forceFolder(Path folder) throws IOException {
    if (FOLDERS_CAN_BE_FORCED) {
      Uninterrupted.run(() -> {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
        }
        return null;
      });
    }
  }
}
