package dev.unerring.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.base.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An array in pieces is written like the same array in one. */
class NpzWriterTest {
  @TempDir private Path folder;

  @Test
  void piecesGiveTheBytesOfTheWholeArray() {
    byte[] items = new byte[300_000];
    for (int i = 0; i < items.length; i++) {
      items[i] = (byte) (i * i >> 7);
    }
    List<Integer> shape = List.of(3, 1000, 100);
    for (boolean deflated : new boolean[] {false, true}) {
      NpzWriter inOne = new NpzWriter(deflated).add("a", NpzWriter.npy("|u1", shape, items));
      NpzWriter inPieces =
          new NpzWriter(deflated).addStreamed("a", "|u1", shape, out -> pieces(items, out));
      assertArrayEquals(inOne.toBytes(), inPieces.toBytes());
      Path file = folder.resolve(deflated + ".npz");
      inPieces.write(file);
      assertEquals(Sha256.hexOfFile(file), inPieces.sha256());
      assertEquals(Sha256.hex(inOne.toBytes()), inPieces.sha256());
    }
  }

  private static void pieces(byte[] items, OutputStream out) throws IOException {
    out.write(items[0]);
    out.write(items, 1, 70_000);
    out.write(items, 70_001, items.length - 70_001);
  }
}
