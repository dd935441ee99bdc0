// SPDX-License-Identifier: Apache-2.0
package dev.unerring.npz;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.base.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An array in pieces is written like the same array in one. */
class NpzWriterTest {
  @TempDir private Path folder;

  @Test
  void piecesGiveTheBytesOfTheWholeArray() throws IOException {
    byte[] items = new byte[300_000];
    for (int i = 0; i < items.length; i++) {
      items[i] = (byte) (i * i >> 7);
    }
    List<Integer> shape = List.of(3, 1000, 100);
    for (boolean deflated : new boolean[] {false, true}) {
      NpzWriter inOne = new NpzWriter(deflated).add("a", NpzWriter.npy("|u1", shape, items));
      NpzWriter inPieces =
          new NpzWriter(deflated).addStreamed("a", "|u1", shape, out -> pieces(items, out));
      Path file = folder.resolve(deflated + ".npz");
      Path whole = folder.resolve(deflated + "-whole.npz");
      inPieces.write(file);
      inOne.write(whole);
      assertArrayEquals(entry(whole), entry(file));
      assertEquals(Sha256.hexOfFile(file), inPieces.sha256());
      assertEquals(Sha256.hex(inPieces.toBytes()), inPieces.sha256());
    }
  }

  private static byte[] entry(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      return zip.getInputStream(zip.getEntry("a.npy")).readAllBytes();
    }
  }

  private static void pieces(byte[] items, OutputStream out) throws IOException {
    out.write(items[0]);
    out.write(items, 1, 70_000);
    out.write(items, 70_001, items.length - 70_001);
  }
}
