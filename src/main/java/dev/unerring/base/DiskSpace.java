// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import dev.unerring.DataException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Room on a disk that is taken before long work, so that a full disk or a quota is known at once,
 * and given back piece by piece to the files that are written later. It is held by a file without a
 * name, which the system removes however the program ends.
 */
public final class DiskSpace implements AutoCloseable {
  private static final int PIECE = 1 << 20;

  private final RandomAccessFile room;

  private DiskSpace(RandomAccessFile room) {
    this.room = room;
  }

  /**
   * Takes room in a folder.
   *
   * @param bytes how much
   * @param what needs it, for the message
   * @throws DataException where there is less, or the folder cannot be written
   */
  public static DiskSpace take(Path folder, long bytes, String what) {
    require(folder, bytes, what);
    RandomAccessFile room = null;
    try {
      room = nameless(folder);
      byte[] zeros = new byte[(int) Math.min(PIECE, Math.max(1, bytes))];
      for (long left = bytes; left > 0; left -= zeros.length) {
        room.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
      return new DiskSpace(room);
    } catch (IOException e) {
      closeQuietly(room);
      throw tooLittle(folder, bytes, what, IoReason.of(e), e);
    }
  }

  /** A new file without a name: the system removes it however the program ends. */
  public static RandomAccessFile nameless(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, ".unerring-", null);
    try {
      return new RandomAccessFile(file.toFile(), "rw");
    } finally {
      Files.delete(file); // where a file can be open without a name
    }
  }

  /**
   * Asks whether a folder has room, and takes none; a quota is not seen.
   *
   * @throws DataException where there is less
   */
  public static void require(Path folder, long bytes, String what) {
    long free;
    try {
      free = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException | SecurityException e) {
      return; // a file system that does not say
    }
    if (free < bytes) {
      throw tooLittle(folder, bytes, what, "there are " + Sizes.text(free) + " left", null);
    }
  }

  private static DataException tooLittle(
      Path folder, long bytes, String what, String reason, Exception cause) {
    return new DataException(
        what
            + " needs "
            + Sizes.text(bytes)
            + " on the disk of "
            + folder
            + ": "
            + reason
            + "; free some, or name another --out",
        cause);
  }

  /** Gives some room back: before a file of so many bytes is written. */
  public void give(long bytes) {
    try {
      room.setLength(Math.max(0, room.length() - bytes));
    } catch (IOException e) {
      close(); // all of it, then
    }
  }

  /** Gives back what is left. */
  @Override
  public void close() {
    closeQuietly(room);
  }

  private static void closeQuietly(RandomAccessFile room) {
    try {
      if (room != null) {
        room.close();
      }
    } catch (IOException e) {
      // the room is given back with the process at the latest
    }
  }
}
