// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * MD5 (what the official source publishes) and SHA-256 (what we rely on) of the same bytes.
 *
 * @param md5 32 lower-case hexadecimal digits
 * @param sha256 64 lower-case hexadecimal digits
 */
public record FileHashes(String md5, String sha256) {
  private static final long PIECE = 1 << 16;

  /** Both hashes of a file in one pass; DataException when it cannot be read. */
  public static FileHashes ofFile(Path file) {
    return ofFile(file, WorkMonitor.SILENT);
  }

  /** The same with progress; StoppedException when the user stops it. */
  public static FileHashes ofFile(Path file, WorkMonitor monitor) {
    MessageDigest md5 = Sha256.digest("MD5");
    MessageDigest sha256 = Sha256.digest();
    Sha256.updateFromFile(file, monitor, md5, sha256);
    return new FileHashes(Sha256.hex(md5), Sha256.hex(sha256));
  }

  /** Both hashes of the bytes of {@code segment} in one pass. */
  public static FileHashes of(MemorySegment segment) {
    return of(segment, "memory", WorkMonitor.SILENT);
  }

  /**
   * Both hashes of the bytes of {@code segment} in one pass; StoppedException when the user stops.
   *
   * @param name of the bytes, for the progress
   */
  public static FileHashes of(MemorySegment segment, String name, WorkMonitor monitor) {
    MessageDigest md5 = Sha256.digest("MD5");
    MessageDigest sha256 = Sha256.digest();
    for (long start = 0; start < segment.byteSize(); start += PIECE) {
      MemorySegment piece = segment.asSlice(start, Math.min(PIECE, segment.byteSize() - start));
      md5.update(piece.asByteBuffer());
      sha256.update(piece.asByteBuffer());
      monitor.stepBytes("hashing " + name, start + piece.byteSize(), segment.byteSize());
    }
    return new FileHashes(Sha256.hex(md5), Sha256.hex(sha256));
  }
}
