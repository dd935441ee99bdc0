// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import static dev.unerring.npz.Forge.assertRefused;
import static dev.unerring.npz.Forge.put16;
import static dev.unerring.npz.Forge.put32;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unerring.DataException;
import dev.unerring.data.Dataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are no sound zip archives, each refused with its own sentence. */
class ZipRefusalTest {
  private static final String IMAGES = "train_images.npy";

  @TempDir Path folder;

  private static byte[] sound() {
    return Forge.npz(Forge.arrays(), false);
  }

  @Test
  void missingFile() {
    assertRefused(folder.resolve("none.npz"), "", "there is no such file");
  }

  @Test
  void folderInsteadOfFile() {
    assertRefused(folder, "", "this is a folder, not a file");
  }

  @Test
  void emptyFile() {
    assertRefused(folder, new byte[0], "", "the file is empty");
  }

  @Test
  void notAZip() {
    assertRefused(
        folder, "hello, this is text".repeat(99).getBytes(US_ASCII), "", "this is not an npz file");
    assertRefused(folder, new byte[] {'P'}, "", "this is not an npz file");
  }

  @Test
  void missingPermission() throws IOException {
    Path file = Forge.write(folder, sound());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    if (Files.isReadable(file)) {
      String reason = "skipped: this user (root) may read files without permission";
      System.err.println("ZipRefusalTest.missingPermission: " + reason);
      Assumptions.abort(reason);
    }
    assertRefused(file, "", "cannot be read: permission denied");
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] sound = sound();
    assertRefused(folder, Arrays.copyOf(sound, sound.length - 1), "", "the file is cut off");
    assertRefused(folder, Arrays.copyOf(sound, sound.length / 2), "", "the file is cut off");
    for (int length = 0; length < sound.length; length += 7) {
      Path file = Forge.write(folder, Arrays.copyOf(sound, length));
      assertThrows(DataException.class, () -> Dataset.open(file), "length " + length);
    }
  }

  @Test
  void everyFlippedByteIsRefusedOrHarmless() {
    for (byte[] sound : List.of(sound(), Forge.npz(Forge.arrays(), true))) {
      for (int at = 0; at < sound.length; at += 11) {
        byte[] flipped = sound.clone();
        flipped[at] ^= (byte) (1 << at % 8);
        Path file = Forge.write(folder, flipped);
        try (Dataset dataset = Dataset.open(file)) {
          dataset.contentSha256();
        } catch (DataException e) {
          continue; // the only exception that may be thrown
        }
      }
    }
  }

  @Test
  void bytesAddedInFront() {
    byte[] sound = sound();
    byte[] moved = new byte[sound.length + 5];
    System.arraycopy(sound, 0, moved, 5, sound.length);
    assertRefused(folder, moved, "", "its directory is not where the end record says");
  }

  @Test
  void damagedDirectory() {
    byte[] zip = sound();
    put32(zip, Forge.central(zip, IMAGES), 0x12345678);
    assertRefused(folder, zip, "", "its directory is damaged at byte");
  }

  @Test
  void directoryWithMoreThanItDeclares() {
    byte[] zip = sound();
    put16(zip, zip.length - 14, 5);
    put16(zip, zip.length - 12, 5);
    assertRefused(folder, zip, "", "its directory holds more than the entries that it declares");
  }

  @Test
  void absurdEntryCount() {
    byte[] zip = sound();
    put16(zip, zip.length - 14, 60000);
    put16(zip, zip.length - 12, 60000);
    assertRefused(folder, zip, "", "its directory declares 60000 entries");
  }

  @Test
  void archiveInParts() {
    byte[] zip = sound();
    put16(zip, zip.length - 18, 1);
    assertRefused(folder, zip, "", "one part of a zip archive in several files");
  }

  @Test
  void duplicateEntry() {
    NpzWriter writer = new NpzWriter(false);
    Forge.arrays().forEach(writer::add);
    byte[] zip = writer.add("train_images", Forge.images(4, 50)).toBytes();
    assertRefused(folder, zip, IMAGES, "it stands twice in the file");
  }

  @Test
  void overlappingEntries() {
    byte[] zip = sound();
    int train = Forge.central(zip, "train_labels.npy");
    int val = Forge.central(zip, "val_images.npy");
    // val_images starts inside the data of train_labels, with a local header of its own there.
    byte[] header = Arrays.copyOfRange(zip, Forge.local(zip, "val_images.npy"), zip.length);
    int inside = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).getInt(train + 42);
    inside += 60;
    System.arraycopy(header, 0, zip, inside, 44);
    put32(zip, val + 42, inside);
    assertRefused(
        folder, zip, "val_images.npy", "it overlaps with entry train_labels.npy, as in a zip bomb");
  }

  @Test
  void sharedDataOfTwoEntries() {
    byte[] zip = Forge.with("test_images", Forge.images(2, 0));
    int first = Forge.local(zip, "val_images.npy");
    put32(zip, Forge.central(zip, "test_images.npy") + 42, first);
    assertRefused(folder, zip, "test_images.npy", "its local header contradicts the directory");
  }

  @Test
  void flatBomb() {
    byte[] npy = NpzWriter.npy("|u1", List.of(1 << 20, 8, 8), new byte[0]);
    byte[] zip = bomb(Forge.deflatedZeros(npy, 64), npy.length + (64 << 20), 0);
    assertRefused(folder, zip, IMAGES, "as a zip bomb does");
  }

  @Test
  void bombThatHidesItsSize() {
    byte[] npy = Forge.images(4, 0);
    byte[] zip = bomb(Forge.deflatedZeros(npy, 64), npy.length, crc(npy));
    assertRefused(folder, zip, IMAGES, "it inflates to more than the");
  }

  @Test
  void nestedArchive() {
    assertRefused(
        folder, Forge.with("train_images", sound()), IMAGES, "it is an archive inside the archive");
  }

  @Test
  void impossibleSizes() {
    byte[] zip = Forge.npz(Forge.arrays(), true);
    put32(zip, Forge.central(zip, IMAGES) + 24, 0x70000000);
    assertRefused(folder, zip, IMAGES, "its size is a lie");
    byte[] stored = sound();
    put32(stored, Forge.central(stored, IMAGES) + 24, 99);
    assertRefused(folder, stored, IMAGES, "its size is a lie");
  }

  @Test
  void sizeThatTheDataDoNotReach() {
    byte[] npy = Forge.images(4, 0);
    byte[] zip = bomb(Forge.deflatedZeros(Arrays.copyOf(npy, npy.length - 9), 0), npy.length, 0);
    assertRefused(folder, zip, IMAGES, "it inflates to less than the " + npy.length + " bytes");
  }

  @Test
  void largeArrayIsProvedBeforeMemoryIsTaken() {
    byte[] npy = NpzWriter.npy("|u1", List.of(4 << 18, 8, 8), new byte[0]);
    byte[] data = Arrays.copyOf(Forge.deflatedZeros(npy, 32), 200_000);
    byte[] zip = bomb(data, npy.length + (64 << 20), 0, 4 << 18);
    assertRefused(folder, zip, IMAGES, "it inflates to less than the");
  }

  @Test
  void localHeaderWithAnotherSize() {
    byte[] zip = sound();
    put32(zip, Forge.local(zip, IMAGES) + 22, 17);
    assertRefused(folder, zip, IMAGES, "its local header contradicts the directory");
  }

  @Test
  void localHeaderWithAnotherName() {
    byte[] zip = sound();
    zip[Forge.local(zip, IMAGES) + 30] = 'T';
    assertRefused(folder, zip, IMAGES, "its local header contradicts the directory");
  }

  @Test
  void dataElsewhere() {
    byte[] zip = sound();
    put32(zip, Forge.central(zip, IMAGES) + 42, 3);
    assertRefused(folder, zip, IMAGES, "its data are not where the directory says");
    put32(zip, Forge.central(zip, IMAGES) + 42, 0x7ffffff0);
    assertRefused(folder, zip, IMAGES, "its data are not where the directory says");
  }

  @Test
  void dataBeyondTheFile() {
    byte[] zip = sound();
    int at = Forge.central(zip, "test_labels.npy");
    put32(zip, at + 20, 0x7ffffff0);
    assertRefused(folder, zip, "test_labels.npy", "reach beyond the data of the file");
  }

  @Test
  void wrongChecksum() {
    byte[] zip = sound();
    zip[Forge.local(zip, "val_images.npy") + 30 + 14 + 140] ^= 1;
    assertRefused(folder, zip, "val_images.npy", "does not fit its checksum");
  }

  @Test
  void damagedCompressedData() {
    byte[] zip = Forge.npz(Forge.arrays(), true);
    int start = Forge.local(zip, IMAGES) + 30 + IMAGES.length();
    Arrays.fill(zip, start, start + 8, (byte) 0xFF);
    assertRefused(folder, zip, IMAGES, "its compressed data are damaged");
  }

  @Test
  void encryptedEntry() {
    byte[] zip = sound();
    put16(zip, Forge.central(zip, IMAGES) + 8, 1);
    assertRefused(folder, zip, IMAGES, "it is encrypted");
  }

  @Test
  void unknownCompression() {
    byte[] zip = sound();
    put16(zip, Forge.central(zip, IMAGES) + 10, 12);
    assertRefused(folder, zip, IMAGES, "it is compressed with zip method 12");
  }

  @Test
  void missing64BitSize() {
    byte[] zip = sound();
    put32(zip, Forge.central(zip, IMAGES) + 24, -1);
    assertRefused(folder, zip, IMAGES, "a 64-bit size or offset is missing or absurd");
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private static byte[] bomb(byte[] deflated, int size, int crc) {
    return bomb(deflated, size, crc, 4);
  }

  /** A file whose train_images are {@code deflated}, said to be {@code size} bytes. */
  private static byte[] bomb(byte[] deflated, int size, int crc, int labels) {
    Map<String, byte[]> arrays = Forge.arrays();
    arrays.put("train_images", deflated);
    arrays.put("train_labels", NpzWriter.npy("|u1", List.of(labels, 1), new byte[labels]));
    for (String split : List.of("val", "test")) {
      if (labels > 4) {
        arrays.put(split + "_images", NpzWriter.npy("|u1", List.of(2, 8, 8), new byte[128]));
      }
    }
    byte[] zip = Forge.npz(arrays, false);
    for (int at : new int[] {Forge.local(zip, IMAGES) + 8, Forge.central(zip, IMAGES) + 10}) {
      put16(zip, at, 8);
      put32(zip, at + 6, crc);
      put32(zip, at + 14, size);
    }
    return zip;
  }
}
