// SPDX-License-Identifier: Apache-2.0
package dev.unerring.base;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.DeviceException;
import dev.unerring.UnerringException;
import dev.unerring.UsageException;
import dev.unerring.VerificationException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hashes of arrays, segments and files: published test vectors, and all ways give one value. */
class Sha256Test {
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  private static final String EMPTY =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @TempDir Path folder;

  @Test
  void publishedVectors() throws IOException {
    byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
    assertEquals(ABC, Sha256.hex(abc));
    assertEquals(ABC, Sha256.hex(MemorySegment.ofArray(abc)));
    assertEquals(EMPTY, Sha256.hex(new byte[0]));
    Path file = Files.write(folder.resolve("abc"), abc);
    assertEquals(ABC, Sha256.hexOfFile(file));
    assertEquals(new FileHashes("900150983cd24fb0d6963f7d28e17f72", ABC), FileHashes.ofFile(file));
    assertEquals(FileHashes.ofFile(file), FileHashes.of(MemorySegment.ofArray(abc)));
  }

  @Test
  void piecesGiveTheSameHash() throws IOException {
    byte[] bytes = new byte[200_001];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + (i >>> 8));
    }
    MessageDigest digest = Sha256.digest();
    digest.update(bytes, 0, 77);
    Sha256.update(digest, MemorySegment.ofArray(bytes).asSlice(77));
    String expected = Sha256.hex(bytes);
    assertEquals(expected, Sha256.hex(digest));
    Path file = Files.write(folder.resolve("bytes"), bytes);
    assertEquals(expected, Sha256.hexOfFile(file));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment offHeap = arena.allocate(bytes.length);
      MemorySegment.copy(MemorySegment.ofArray(bytes), 0, offHeap, 0, bytes.length);
      assertEquals(expected, Sha256.hex(offHeap));
      assertEquals(FileHashes.ofFile(file), FileHashes.of(offHeap));
    }
  }

  @Test
  void missingFileIsNamed() {
    Path file = folder.resolve("nothing");
    DataException e = assertThrows(DataException.class, () -> FileHashes.ofFile(file));
    assertEquals(file + ": cannot be read: there is no such file or folder", e.getMessage());
  }

  @Test
  void exitCodes() {
    assertEquals(2, new UsageException("u").exitCode());
    assertEquals(4, new VerificationException("v").exitCode());
    assertEquals(5, new DataException("d", new IOException("x")).exitCode());
    assertEquals(6, new DeviceException("e").exitCode());
    assertTrue(UnerringException.class.isAssignableFrom(UsageException.class));
  }
}
