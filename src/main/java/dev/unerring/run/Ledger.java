// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.VerificationException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.base.Uninterrupted;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What plan, data and code alone decide, event by event: a line of canonical JSON each, which holds
 * its number and the SHA-256 of the line before it. The SHA-256 of the last line is the head. A run
 * that goes on from a checkpoint meets events that it recorded before: they must be the same.
 */
public final class Ledger {
  /** Its name in the folder of a run. */
  public static final String FILE = "ledger.jsonl";

  private static final String NONE = "0".repeat(64);

  private final Path file;
  private final List<String> lines;
  private int next;
  private int written;

  private Ledger(Path file, List<String> lines, int next) {
    this.file = file;
    this.lines = lines;
    this.next = next;
    this.written = lines.size();
  }

  /**
   * Opens the ledger of a folder, which may have none yet.
   *
   * @param next events that the run which goes on has recorded
   * @throws VerificationException where a line is not what was written
   */
  static Ledger open(Path file, int next) {
    List<String> lines = Files.exists(file) ? whole(file) : new ArrayList<>();
    requireChained(file, lines);
    if (next > lines.size()) {
      throw new VerificationException(
          file + " has " + lines.size() + " lines, the checkpoint knows " + next + ": train again");
    }
    return new Ledger(file, lines, next);
  }

  /** The lines; the last one is cut off where a run was killed while it wrote it. */
  private static List<String> whole(Path file) {
    try {
      String text = Uninterrupted.run(() -> Files.readString(file));
      int end = text.lastIndexOf('\n') + 1;
      if (end < text.length()) {
        AtomicFile.write(file, text.substring(0, end).getBytes(StandardCharsets.UTF_8));
      }
      return new ArrayList<>(text.substring(0, end).lines().toList());
    } catch (IOException e) {
      throw new DataException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  /**
   * Follows the chain.
   *
   * @throws VerificationException that names the first line which is not what was written
   */
  static void requireChained(Path file, List<String> lines) {
    String previous = NONE;
    for (int n = 0; n < lines.size(); n++) {
      String reason = null;
      try {
        if (!(Json.parse(lines.get(n)) instanceof Map<?, ?> json)
            || !Long.valueOf(n + 1L).equals(json.get("n"))) {
          reason = "its number is not " + (n + 1);
        } else if (!previous.equals(json.get("previous"))) {
          reason = "the line before it was changed";
        } else if (!Json.canonical(json).equals(lines.get(n))) {
          reason = "it is not canonical JSON";
        }
      } catch (DataException e) {
        reason = e.getMessage();
      }
      if (reason != null) {
        throw new VerificationException(
            file + ", line " + (n + 1) + " is not what the run wrote: " + reason);
      }
      previous = hash(lines.get(n));
    }
  }

  private static String hash(String line) {
    return Sha256.hex(line.getBytes(StandardCharsets.UTF_8));
  }

  /** Events so far. */
  int events() {
    return next;
  }

  /** SHA-256 of the last event so far; zeros before the first. */
  String head() {
    return next == 0 ? NONE : hash(lines.get(next - 1));
  }

  /**
   * Records an event, on the disk when this returns.
   *
   * @throws DataException where it cannot be written; it is written with the next one
   * @throws VerificationException where the same run recorded another one before
   */
  void add(Map<String, Object> event) {
    Map<String, Object> json = new LinkedHashMap<>(event);
    json.put("n", next + 1);
    json.put("previous", head());
    String line = Json.canonical(json);
    if (next == lines.size()) {
      lines.add(line);
    } else if (!lines.get(next).equals(line)) {
      throw new VerificationException(
          file
              + ", line "
              + (next + 1)
              + ": this run has other bits than before: now "
              + line
              + ", before "
              + lines.get(next)
              + "; the machine computes wrongly, or the program was changed");
    }
    next++;
    save();
  }

  /**
   * Writes the events that are not on the disk yet.
   *
   * @throws DataException where that fails; the next call tries again
   */
  void save() {
    if (written < lines.size()) {
      append(String.join("\n", lines.subList(written, lines.size())) + "\n");
      written = lines.size();
    }
  }

  /** All of the text or nothing; an interrupted thread writes like any other. */
  private void append(String text) {
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      long end = out.length();
      try {
        out.seek(end);
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.getFD().sync();
      } catch (IOException e) {
        out.setLength(end);
        throw e;
      }
    } catch (IOException e) {
      throw new DataException(file + ": not saved: " + IoReason.of(e), e);
    }
  }
}
