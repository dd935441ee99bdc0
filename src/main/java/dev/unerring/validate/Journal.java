// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.LockFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The samples that a part of a validation has finished: a line that says what is validated, then a
 * JSON line a sample, in any order. A kill leaves a torn last line at most, which is left out when
 * the work goes on. One process at a time appends.
 */
final class Journal implements AutoCloseable {
  private final Path file;
  private final LockFile lock;
  private final RandomAccessFile lines; // an interrupted thread writes like any other
  private final SortedMap<Integer, Map<?, ?>> records;

  private Journal(
      Path file, LockFile lock, RandomAccessFile lines, SortedMap<Integer, Map<?, ?>> records) {
    this.file = file;
    this.lock = lock;
    this.lines = lines;
    this.records = records;
  }

  /**
   * Opens the journal to go on with it, or begins it.
   *
   * @param header what is validated
   * @throws UsageException where another process appends to it, or it is of another validation
   * @throws DataException where it cannot be written
   */
  static Journal open(Path file, Map<String, Object> header) {
    LockFile lock = lock(file);
    try {
      SortedMap<Integer, Map<?, ?>> records = new TreeMap<>();
      long kept = 0;
      if (Files.exists(file)) {
        Content content = Content.of(file);
        if (content.length > 0) {
          requireSame(file, content.header, header);
          records = content.records;
          kept = content.length;
        }
      }
      RandomAccessFile lines = new RandomAccessFile(file.toFile(), "rw");
      lines.setLength(kept);
      lines.seek(kept);
      Journal journal = new Journal(file, lock, lines, records);
      if (kept == 0) {
        journal.line(header);
      }
      return journal;
    } catch (IOException e) {
      close(lock);
      throw new DataException(
          file + ": cannot be written: " + IoReason.of(e) + "; free space, or name another --out",
          e);
    } catch (RuntimeException | Error e) {
      close(lock);
      throw e;
    }
  }

  private static LockFile lock(Path file) {
    try {
      Path name = file.resolveSibling("." + file.getFileName() + "-lock");
      Optional<LockFile> lock = LockFile.take(name, true);
      return lock.orElseThrow(() ->
          new UsageException(
              "out",
              "another process is working on "
                  + file
                  + "; wait for it, or cut the work with --part"));
    } catch (IOException e) {
      throw new DataException(
          file + ": cannot be written: " + IoReason.of(e) + "; name another --out", e);
    }
  }

  private static void close(LockFile lock) {
    try {
      lock.close();
    } catch (IOException e) {
      throw new DataException("a lock file cannot be removed: " + IoReason.of(e), e);
    }
  }

  private static void requireSame(Path file, Map<?, ?> found, Map<String, Object> wanted) {
    if (!Json.canonical(found).equals(Json.canonical(wanted))) {
      String differing =
          wanted.keySet().stream()
              .filter(
                  key -> !Json.canonical(at(wanted, key)).equals(Json.canonical(at(found, key))))
              .findFirst()
              .orElse("schema");
      throw new UsageException(
          "out",
          file
              + " holds samples of another validation ("
              + differing
              + " differs); finish it with the same options, or remove it");
    }
  }

  private static Object at(Map<?, ?> json, String key) {
    return String.valueOf(json.get(key));
  }

  /** What is finished, by sampleIndex. */
  synchronized SortedMap<Integer, Map<?, ?>> records() {
    return new TreeMap<>(records);
  }

  /** Adds a finished sample; it stays whatever happens to the process. */
  synchronized void add(int sample, Map<String, Object> record) {
    try {
      line(record);
      records.put(sample, (Map<?, ?>) Json.parse(Json.canonical(record)));
    } catch (IOException e) {
      throw new DataException(
          file
              + ": not saved: "
              + IoReason.of(e)
              + "; free some space and run again, it goes on with what is there",
          e);
    }
  }

  private void line(Map<String, Object> json) throws IOException {
    lines.write((Json.canonical(json) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Removes the file; its records are elsewhere. */
  void discard() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new DataException(file + " cannot be removed: " + IoReason.of(e) + "; delete it", e);
    }
  }

  @Override
  public void close() {
    try (lock) {
      lines.getFD().sync();
      lines.close();
    } catch (IOException e) {
      throw new DataException(file + ": not saved: " + IoReason.of(e) + "; check the disk", e);
    }
  }

  /**
   * What a file holds.
   *
   * @param length bytes of its whole lines
   */
  record Content(Map<?, ?> header, SortedMap<Integer, Map<?, ?>> records, long length) {
    /**
     * Reads a journal.
     *
     * @throws DataException where it is none
     */
    static Content of(Path file) {
      byte[] bytes;
      try {
        bytes = Files.readAllBytes(file);
      } catch (IOException e) {
        throw new DataException("cannot read " + file + ": " + IoReason.of(e), e);
      }
      int length = bytes.length;
      while (length > 0 && bytes[length - 1] != '\n') {
        length--;
      }
      Map<?, ?> header = Map.of();
      SortedMap<Integer, Map<?, ?>> records = new TreeMap<>();
      String[] lines = new String(bytes, 0, length, StandardCharsets.UTF_8).split("\n");
      for (int i = 0; i < lines.length && length > 0; i++) {
        try {
          Map<?, ?> json = (Map<?, ?>) Json.parse(lines[i]);
          if (i == 0) {
            header = json;
          } else {
            records.put(Math.toIntExact((Long) json.get("sample")), json);
          }
        } catch (DataException | ClassCastException | NullPointerException e) {
          throw new DataException(
              file + " is damaged in line " + (i + 1) + "; remove it and run this part again", e);
        }
      }
      return new Content(header, records, length);
    }
  }
}
