// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.data.Dataset;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Zip64: the same entries with 64-bit sizes, offsets and end record. */
class Zip64Test {
  @TempDir Path folder;

  @Test
  void readsZip64() {
    byte[] zip64 = zip64(Forge.npz(Forge.arrays(), true));
    try (Dataset data = Dataset.open(Forge.write(folder, zip64))) {
      assertEquals(4, data.train().size());
      assertEquals(1, data.test().label(1));
    }
  }

  @Test
  void contradictingEndRecords() {
    byte[] zip64 = zip64(Forge.npz(Forge.arrays(), true));
    Forge.put16(zip64, zip64.length - 14, 5);
    Forge.put16(zip64, zip64.length - 12, 5);
    Forge.assertRefused(folder, zip64, "", "its two end records contradict each other");
  }

  @Test
  void locatorThatPointsElsewhere() {
    byte[] zip64 = zip64(Forge.npz(Forge.arrays(), true));
    Forge.put32(zip64, zip64.length - 22 - 20 + 8, 77);
    Forge.assertRefused(folder, zip64, "", "its zip64 end record is not where it should be");
  }

  /** Rewrites the directory with saturated fields and the extra field 1. */
  private static byte[] zip64(byte[] zip) {
    ByteBuffer in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    int end = zip.length - 22;
    int directory = in.getInt(end + 16);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(zip, 0, directory);
    int at = directory;
    while (at < end) {
      int name = in.getShort(at + 28);
      byte[] header = Arrays.copyOfRange(zip, at, at + 46 + name);
      Forge.put32(header, 20, -1);
      Forge.put32(header, 24, -1);
      Forge.put32(header, 42, -1);
      Forge.put16(header, 30, 5 + 28);
      out.writeBytes(header);
      out.writeBytes(
          little(33)
              .putShort((short) 0x7777)
              .putShort((short) 1)
              .put((byte) 0)
              .putShort((short) 1)
              .putShort((short) 24)
              .putLong(in.getInt(at + 24))
              .putLong(in.getInt(at + 20))
              .putLong(in.getInt(at + 42))
              .array());
      at += 46 + name;
    }
    long size = out.size() - directory;
    long end64 = out.size();
    out.writeBytes(
        little(56)
            .putInt(0x06064b50)
            .putLong(44)
            .putInt(0)
            .putLong(0)
            .putLong(6)
            .putLong(6)
            .putLong(size)
            .putLong(directory)
            .array());
    out.writeBytes(little(20).putInt(0x07064b50).putInt(0).putLong(end64).putInt(1).array());
    out.writeBytes(
        little(22)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) -1)
            .putShort((short) -1)
            .putInt(-1)
            .putInt(-1)
            .array());
    return out.toByteArray();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
