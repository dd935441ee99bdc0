// SPDX-License-Identifier: Apache-2.0
package dev.unerring.fetch;

import dev.unerring.DataException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.LockFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What has arrived so far: {@code X.npz.part}, and beside it {@code X.npz.part.etag} with the
 * address and the validator of the version that it is from. Locked while one program fetches.
 */
final class PartFile implements AutoCloseable {
  private static final byte[] ZIP = {'P', 'K', 3, 4};

  private final Path file;
  private final Path tag;
  private final RandomAccessFile content; // an interruption does not close it
  private final LockFile lock;

  private PartFile(Path file, Path tag, RandomAccessFile content, LockFile lock) {
    this.file = file;
    this.tag = tag;
    this.content = content;
    this.lock = lock;
  }

  /** The part of {@code target}; DataException when another program is fetching it. */
  static PartFile open(Path target) throws IOException {
    Path file = of(target);
    Path tag = target.resolveSibling(target.getFileName() + ".part.etag");
    LockFile lock =
        LockFile.take(target.resolveSibling(target.getFileName() + ".part.lock"), true)
            .orElseThrow(() ->
                new DataException(file + ": another program is fetching this file; let it finish"));
    try {
      return new PartFile(file, tag, new RandomAccessFile(file.toFile(), "rw"), lock);
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Where what has arrived stays, as a clause; empty where nothing has. */
  static String kept(Path target) {
    Path file = of(target);
    boolean some = file.toFile().length() > 0; // 0 where there is none
    return some ? "; what has arrived stays in " + file.getFileName() : "";
  }

  private static Path of(Path target) {
    return target.resolveSibling(target.getFileName() + ".part");
  }

  Path path() {
    return file;
  }

  long size() throws IOException {
    return content.length();
  }

  void append(ByteBuffer bytes) throws IOException {
    byte[] piece = new byte[bytes.remaining()];
    bytes.get(piece);
    content.seek(content.length());
    content.write(piece);
  }

  /** Whether the first bytes, as far as they are here, are those of a zip archive. */
  boolean startsAsZip() throws IOException {
    byte[] start = new byte[(int) Math.min(ZIP.length, content.length())];
    content.seek(0);
    content.readFully(start);
    return Arrays.equals(start, Arrays.copyOf(ZIP, start.length));
  }

  /** Starts again with nothing. */
  void clear() throws IOException {
    content.setLength(0);
    Files.deleteIfExists(tag);
  }

  /** Remembers which version of the file comes from this address. */
  void version(String url, Optional<String> validator) throws IOException {
    if (validator.isPresent()) {
      Files.write(tag, List.of(url, validator.get()), StandardCharsets.UTF_8);
    } else {
      Files.deleteIfExists(tag);
    }
  }

  /** The validator of what is here, if it came from this address. */
  Optional<String> validator(String url) {
    try {
      List<String> lines = Files.readAllLines(tag, StandardCharsets.UTF_8);
      boolean usable =
          lines.size() == 2
              && lines.get(0).equals(url)
              && lines.get(1).matches("\"[\\x21\\x23-\\x7e]*\"|[A-Za-z0-9 ,:]{1,40}");
      return usable ? Optional.of(lines.get(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The complete file gets its name; a former one is kept under {@code former}. */
  void finish(Path target, Path former) throws IOException {
    content.getFD().sync();
    boolean replaced = Files.exists(target);
    if (replaced) {
      Files.move(target, former, StandardCopyOption.REPLACE_EXISTING);
    }
    try {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (replaced) {
        Files.move(former, target);
      }
      throw e;
    }
    Files.deleteIfExists(tag);
    AtomicFile.forceFolder(target.toAbsolutePath().getParent());
  }

  /** Removes what is here: it is of no use. */
  void discard() throws IOException {
    Files.deleteIfExists(file);
    Files.deleteIfExists(tag);
  }

  /** Leaves what has arrived for the next time; an empty part is removed. */
  @Override
  public void close() throws IOException {
    try (lock;
        content) {
      if (Files.exists(file) && Files.size(file) == 0) {
        discard();
      }
    }
  }
}
