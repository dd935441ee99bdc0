package dev.unerring.base;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Room on a disk that is taken before long work, so that a full disk or a quota is known at once,
 * and given back piece by piece to the files that are written later. It is held by a file without a
 * name, which the system removes however the program ends.
 */
public final class DiskSpace implements AutoCloseable {
  private static final int PIECE = 1 << 20;

  private final FileChannel channel;

  private DiskSpace(FileChannel channel) {
    this.channel = channel;
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
    Path file = folder.resolve(".room." + ProcessHandle.current().pid());
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(1, bytes)));
      for (long left = bytes; left > 0; left -= zeros.position()) {
        zeros.position(0).limit((int) Math.min(left, zeros.capacity()));
        while (zeros.hasRemaining()) {
          channel.write(zeros);
        }
      }
      return new DiskSpace(channel);
    } catch (IOException e) {
      closeQuietly(channel);
      throw tooLittle(folder, bytes, what, IoReason.of(e), e);
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
      channel.truncate(Math.max(0, channel.size() - bytes));
    } catch (IOException e) {
      close(); // all of it, then
    }
  }

  /** Gives back what is left. */
  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // the room is given back with the process at the latest
    }
  }
}
