package dev.unerring.base;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/**
 * Writes a file so that at every instant either the old or the new content stands under its name,
 * and says so only after the new content has been read back.
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

  /**
   * Writes {@code content} under {@code target}: temporary file in the same folder, forced to the
   * disk, renamed over the target, folder forced, read back and compared by SHA-256. What stood
   * there before is kept as {@code <name>.previous}.
   *
   * @throws DataException with the file and the reason when any step fails; the temporary file is
   *     removed, and the old content stays under its name unless the failure is in the read-back
   */
  public static void write(Path target, Content content) {
    Path file = target.toAbsolutePath();
    String prefix = "." + file.getFileName() + "." + ProcessHandle.current().pid();
    Path temporary = file.resolveSibling(prefix + ".tmp");
    Path former = file.resolveSibling(prefix + ".old");
    String written;
    try {
      try {
        written = writeForced(temporary, content);
        keepPrevious(file, former);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        forceFolder(file.getParent());
      } finally {
        Files.deleteIfExists(temporary);
        Files.deleteIfExists(former);
      }
    } catch (IOException e) {
      String advice = "check that the folder exists, is writable and has space left";
      throw new DataException(target + ": not saved: " + IoReason.of(e) + "; " + advice, e);
    }
    if (!Sha256.hexOfFile(file).equals(written)) {
      throw new DataException(
          target
              + ": not saved: what is read back differs from what was written; do not use this"
              + " file, check the disk, and find the former content in "
              + previous(file).getFileName());
    }
  }

  /** Where {@link #write} keeps the former content of {@code target}. */
  public static Path previous(Path target) {
    return target.resolveSibling(target.getFileName() + ".previous");
  }

  /** Returns the SHA-256 of what was written. */
  private static String writeForced(Path file, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            LinkOption.NOFOLLOW_LINKS)) {
      MessageDigest digest = Sha256.digest();
      OutputStream out =
          new BufferedOutputStream(
              new DigestOutputStream(Channels.newOutputStream(channel), digest), BUFFER);
      content.writeTo(out);
      out.flush();
      channel.force(true);
      return Sha256.hex(digest);
    }
  }

  /** The target keeps its name meanwhile: the former content gets a second one. */
  private static void keepPrevious(Path file, Path former) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    if (!Files.isRegularFile(file)) {
      throw new FileAlreadyExistsException(file.toString(), null, "it is not a regular file");
    }
    Files.copy(file, former, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(former, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(former, previous(file), StandardCopyOption.ATOMIC_MOVE);
  }

  private static void forceFolder(Path folder) throws IOException {
    if (FOLDERS_CAN_BE_FORCED) {
      try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
