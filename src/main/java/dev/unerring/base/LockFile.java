package dev.unerring.base;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A lock that one thread of one process holds at a time. The operating system holds it on an open
 * file, so that a killed process leaves no lock, only the file, which does no harm.
 */
public final class LockFile implements AutoCloseable {
  /**
   * Locks of this process. The system's are of processes, and go when a process closes any channel
   * of the file: a second thread must not open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;
  private final boolean temporary;

  private LockFile(Path file, FileChannel channel, boolean temporary) {
    this.file = file;
    this.channel = channel;
    this.temporary = temporary;
  }

  /**
   * Takes the lock, without waiting.
   *
   * @param file is made where it is not there; its folder must be
   * @param temporary whether the file goes with the lock
   * @return empty where another thread or process has it
   * @throws IOException where the file cannot be made, or its file system has no locks
   */
  public static Optional<LockFile> take(Path file, boolean temporary) throws IOException {
    Path own = file.toAbsolutePath().getParent().toRealPath().resolve(file.getFileName());
    if (!HELD.add(own)) {
      return Optional.empty();
    }
    Optional<LockFile> taken = Optional.empty();
    try {
      taken = Uninterrupted.run(() -> locked(own, temporary));
    } finally {
      if (taken.isEmpty()) {
        HELD.remove(own);
      }
    }
    return taken;
  }

  /** Repeated where a former holder removes the file meanwhile: a lock is that of a name. */
  private static Optional<LockFile> locked(Path file, boolean temporary) throws IOException {
    while (true) {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      boolean kept = false;
      try {
        Object opened = key(file);
        if (lock(channel, file, temporary) == null) {
          return Optional.empty();
        }
        kept = opened != null && Objects.equals(opened, key(file));
        if (kept) {
          return Optional.of(new LockFile(file, channel, temporary));
        }
      } finally {
        if (!kept) {
          channel.close();
        }
      }
    }
  }

  /** Null where another process has the lock. */
  private static FileLock lock(FileChannel channel, Path file, boolean temporary)
      throws IOException {
    try {
      return channel.tryLock();
    } catch (ClosedByInterruptException e) {
      throw e;
    } catch (IOException e) { // there are no locks here
      if (temporary) {
        Files.deleteIfExists(file);
      }
      throw e;
    }
  }

  /** Which file has this name; null for none. */
  private static Object key(Path file) throws IOException {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return key == null ? file : key;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Releases the lock. */
  @Override
  public void close() throws IOException {
    try {
      if (temporary) {
        Files.deleteIfExists(file);
      }
    } finally {
      channel.close();
      HELD.remove(file);
    }
  }
}
