// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import dev.unerring.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 as 64 lower-case hexadecimal digits. */
public final class Sha256 {
  private static final int PIECE = 1 << 16;

  /** One ByteBuffer view holds at most 2^31 - 1 bytes. */
  private static final long VIEW = 1L << 30;

  private Sha256() {}

  /** A digest to be fed in pieces; end it with {@link #hex(MessageDigest)}. */
  public static MessageDigest digest() {
    return digest("SHA-256");
  }

  /** Ends {@code digest} and returns its value. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The hash of {@code bytes}. */
  public static String hex(byte[] bytes) {
    MessageDigest digest = digest();
    digest.update(bytes);
    return hex(digest);
  }

  /** The hash of the bytes of {@code segment}. */
  public static String hex(MemorySegment segment) {
    MessageDigest digest = digest();
    update(digest, segment);
    return hex(digest);
  }

  /** The hash of a file; DataException when it cannot be read. */
  public static String hexOfFile(Path file) {
    MessageDigest digest = digest();
    updateFromFile(file, WorkMonitor.SILENT, digest);
    return hex(digest);
  }

  /**
   * The same with progress; StoppedException when the monitor stops.
   *
   * @param name of the file, for the progress
   */
  static String hexOfFile(Path file, WorkMonitor monitor, Path name) {
    MessageDigest digest = digest();
    updateFromFile(file, "checking " + name, monitor, digest);
    return hex(digest);
  }

  /** Feeds the bytes of {@code segment}, of any size, to {@code digest}. */
  public static void update(MessageDigest digest, MemorySegment segment) {
    for (long start = 0; start < segment.byteSize(); start += VIEW) {
      long length = Math.min(VIEW, segment.byteSize() - start);
      digest.update(segment.asSlice(start, length).asByteBuffer());
    }
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no " + algorithm, e);
    }
  }

  static void updateFromFile(Path file, WorkMonitor monitor, MessageDigest... digests) {
    updateFromFile(file, "hashing " + file.getFileName(), monitor, digests);
  }

  private static void updateFromFile(
      Path file, String work, WorkMonitor monitor, MessageDigest... digests) {
    byte[] piece = new byte[PIECE];
    try (InputStream in = Files.newInputStream(file)) {
      long size = Files.size(file);
      long done = 0;
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        done += read;
        monitor.stepBytes(work, done, size);
        for (MessageDigest digest : digests) {
          digest.update(piece, 0, read);
        }
      }
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    }
  }
}
