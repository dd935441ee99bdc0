// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.UsageException;
import dev.unerring.images.Montage.Tile;
import dev.unerring.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A montage is a PNG that any reader shows, with each pixel where it belongs. */
class MontageTest {
  private static final int BACKGROUND = 0x202020;
  private static final int RED = 0xFF0000;

  @TempDir private Path folder;

  private BufferedImage shown(List<Tile> tiles, int columns, int scale) throws IOException {
    Path png = folder.resolve("m.png");
    Montage.write(png, tiles, columns, scale);
    return ImageIO.read(png.toFile());
  }

  private static Tile grey(int height, int width, String caption, int frame, int... values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new Tile(Shape.image2d(height, width, 1), MemorySegment.ofArray(pixels), caption, frame);
  }

  private static int at(BufferedImage image, int y, int x) {
    return image.getRGB(x, y) & 0xFFFFFF;
  }

  @Test
  void pixelsAreEnlargedWithinTheirFrame() throws IOException {
    BufferedImage image = shown(List.of(grey(1, 2, "", RED, 7, 200)), 5, 3);
    assertEquals(4 + 72 + 4, image.getWidth());
    assertEquals(4 + 2 + 3 + 2 + 4, image.getHeight());
    for (int y = 6; y < 9; y++) {
      for (int x = 6; x < 12; x++) {
        assertEquals(x < 9 ? 0x070707 : 0xC8C8C8, at(image, y, x), y + ", " + x);
      }
    }
    assertEquals(RED, at(image, 4, 4));
    assertEquals(RED, at(image, 10, 13));
    assertEquals(BACKGROUND, at(image, 3, 3));
    assertEquals(BACKGROUND, at(image, 10, 14));
  }

  @Test
  void coloursKeepTheirOrder() throws IOException {
    Tile tile =
        new Tile(Shape.image2d(1, 1, 3), MemorySegment.ofArray(new byte[] {1, 2, 3}), "", -1);
    BufferedImage image = shown(List.of(tile), 1, 1);
    assertEquals(0x010203, at(image, 6, 6));
    assertEquals(BACKGROUND, at(image, 4, 4));
  }

  @Test
  void volumesShowTheirThreeMiddleSlices() throws IOException {
    byte[] pixels = new byte[2 * 3 * 4];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    Tile tile = new Tile(new Shape(1, 2, 3, 4, 1), MemorySegment.ofArray(pixels), "", -1);
    BufferedImage image = shown(List.of(tile), 1, 1);
    assertEquals(1 * 12 + 2 * 4 + 3, at(image, 6 + 2, 6 + 3) & 0xFF); // h x w at d = 1
    assertEquals(1 * 12 + 1 * 4 + 2, at(image, 6 + 1, 6 + 4 + 2) & 0xFF); // d x w at h = 1
    assertEquals(1 * 12 + 2 * 4 + 2, at(image, 6 + 1, 6 + 8 + 2) & 0xFF); // d x h at w = 2
  }

  @Test
  void captionsAreWrittenAndWrapped() throws IOException {
    BufferedImage one = shown(List.of(grey(1, 1, "train[115] 0", -1, 0)), 1, 1);
    BufferedImage two = shown(List.of(grey(1, 1, "train[115] 0 and 1", -1, 0)), 1, 1);
    assertEquals(one.getHeight() + 9, two.getHeight());
    StringBuilder letter = new StringBuilder();
    for (int y = 0; y < 7; y++) { // the t of train
      for (int x = 0; x < 5; x++) {
        letter.append(at(one, 4 + 1 + 4 + 2 + y, 4 + x) == BACKGROUND ? '.' : '#');
      }
      letter.append('\n');
    }
    assertEquals(".#...\n.#...\n###..\n.#...\n.#...\n.#..#\n..##.\n", letter.toString());
  }

  @Test
  void everyPrintableCharacterHasItsOwnGlyph() {
    List<String> glyphs = new ArrayList<>();
    for (char c = ' '; c <= '~'; c++) {
      StringBuilder glyph = new StringBuilder();
      for (int i = 0; i < 7 * 6; i++) {
        glyph.append(Glyphs.isSet(c, i / 6, i % 6) ? '#' : '.');
      }
      assertEquals(c == ' ', glyph.indexOf("#") < 0);
      assertFalse(glyphs.contains(glyph.toString()), "glyph of " + c);
      glyphs.add(glyph.toString());
    }
    assertTrue(Glyphs.isSet('\u00e9', 0, 1) && Glyphs.isSet('?', 0, 1));
  }

  @Test
  void tilesFillRowsAndTheSameTilesGiveTheSameBytes() throws IOException {
    List<Tile> tiles = Collections.nCopies(5, grey(2, 2, "a", -1, 1, 2, 3, 4));
    BufferedImage image = shown(tiles, 2, 1);
    assertEquals(4 + 2 * 76, image.getWidth());
    assertEquals(4 + 3 * (2 + 4 + 2 + 9 + 4), image.getHeight());
    byte[] first = Files.readAllBytes(folder.resolve("m.png"));
    shown(tiles, 2, 1);
    assertArrayEquals(first, Files.readAllBytes(folder.resolve("m.png")));
  }

  @Test
  void whatMakesNoPictureIsRefused() {
    Path png = folder.resolve("none.png");
    Tile tile = grey(1, 1, "", -1, 0);
    assertThrows(UsageException.class, () -> Montage.write(png, List.of(), 1, 1));
    assertThrows(UsageException.class, () -> Montage.write(png, List.of(tile), 0, 1));
    assertThrows(UsageException.class, () -> Montage.write(png, List.of(tile), 1, 65));
    List<Tile> many = Collections.nCopies(9000, grey(100, 100, "", -1, new int[10000]));
    String message =
        assertThrows(UsageException.class, () -> Montage.write(png, many, 100, 9)).getMessage();
    assertTrue(message.contains("is too large"), message);
    assertThrows(IllegalArgumentException.class, () -> grey(2, 2, "", -1, 0));
    assertFalse(Files.exists(png));
  }
}
