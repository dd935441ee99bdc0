// SPDX-License-Identifier: Apache-2.0
package dev.unerring.data;

import dev.unerring.DataException;
import dev.unerring.base.AtomicFile;
import dev.unerring.base.FileHashes;
import dev.unerring.base.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * SHA-256 of official files whose manifest knows the MD5 only: recorded when such a file is first
 * seen, compared whenever one with the same MD5 is seen again, under whatever name. The record is
 * {@code official-sha256.json} in the user's cache folder; where it cannot be read or written
 * nothing is compared, and the data can still be read.
 */
public final class KnownHashes {
  private final Path record;

  /** The record in this folder, which need not exist. */
  public KnownHashes(Path cache) {
    record = cache.resolve("official-sha256.json");
  }

  /** The SHA-256 of the official file with this MD5, as recorded. */
  public Optional<String> sha256(String md5) {
    return Optional.ofNullable(read().get(md5));
  }

  /** Compares or records the hashes of an official file. */
  void check(Path file, FileHashes hashes, DatasetIdentity identity) {
    boolean inManifest =
        identity
            .manifest()
            .flatMap(manifest -> manifest.fileWithMd5(hashes.md5()))
            .flatMap(DatasetManifest.PublishedFile::sha256)
            .isPresent();
    if (!inManifest) {
      check(file, hashes);
    }
  }

  /**
   * Compares the hashes with the recorded ones, or records them.
   *
   * @throws DataException when another SHA-256 was recorded for this MD5
   */
  public void check(Path file, FileHashes hashes) {
    Map<String, String> known = read();
    String recorded = known.putIfAbsent(hashes.md5(), hashes.sha256());
    if (recorded != null && !recorded.equals(hashes.sha256())) {
      throw new DataException(
          file
              + ": its MD5 is that of an official file, but its SHA-256 "
              + hashes.sha256()
              + " is not the one recorded when that file was first read, "
              + recorded
              + " ("
              + record
              + "): one of the two was forged; download it again");
    }
    if (recorded == null) {
      write(known);
    }
  }

  private void write(Map<String, String> known) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("sha256ByMd5", known);
    try {
      Files.createDirectories(record.getParent());
      AtomicFile.write(record, Json.pretty(json).getBytes(StandardCharsets.UTF_8));
    } catch (IOException | DataException e) {
      // A folder that cannot be written is no reason not to read the data.
    }
  }

  /** What is recorded; nothing when the record is not there or not readable. */
  private Map<String, String> read() {
    Map<String, String> known = new TreeMap<>();
    try {
      Object json = Json.parse(Files.readString(record, StandardCharsets.UTF_8));
      if (json instanceof Map<?, ?> map && map.get("sha256ByMd5") instanceof Map<?, ?> hashes) {
        hashes.forEach((md5, sha256) -> known.put(String.valueOf(md5), String.valueOf(sha256)));
      }
    } catch (IOException | DataException e) {
      known.clear();
    }
    return known;
  }
}
