package dev.unerring.dataset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.DataException;
import dev.unerring.base.Sha256;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
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
    List<byte[]> pieces =
        List.of(
            NpzWriter.npyHeader("|u1", shape),
            Arrays.copyOf(items, 1),
            Arrays.copyOfRange(items, 1, 70_000),
            new byte[0],
            Arrays.copyOfRange(items, 70_000, items.length));
    for (boolean deflated : new boolean[] {false, true}) {
      NpzWriter inOne = new NpzWriter(deflated).add("a", NpzWriter.npy("|u1", shape, items));
      NpzWriter inPieces = new NpzWriter(deflated).add("a", pieces);
      assertArrayEquals(inOne.toBytes(), inPieces.toBytes());
      Path file = folder.resolve(deflated + ".npz");
      inPieces.write(file);
      assertEquals(Sha256.hexOfFile(file), inPieces.sha256());
      assertEquals(Sha256.hex(inOne.toBytes()), inPieces.sha256());
    }
  }

  @Test
  void fourGibibytesAreTheLimit() {
    List<byte[]> pieces = Collections.nCopies(513, new byte[1 << 23]);
    String message =
        assertThrows(DataException.class, () -> new NpzWriter(false).add("test_images", pieces))
            .getMessage();
    assertTrue(message.contains("with test_images the npz file needs 4303355904 bytes"), message);
  }
}
