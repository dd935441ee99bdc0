// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.base.Json;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Every colour type and depth of PNG gives the samples that were put in. */
class PngTest {
  private static final Path FILE = Path.of("scan.png");

  private static int[] decoded(int height, int width, int channels, byte[] png) {
    Picture picture = ImageFiles.decode(FILE, png);
    assertEquals(height, picture.height());
    assertEquals(width, picture.width());
    assertEquals(channels, picture.channels());
    return unsigned(picture.samples());
  }

  static int[] unsigned(byte[] samples) {
    int[] values = new int[samples.length];
    Arrays.setAll(values, i -> samples[i] & 0xFF);
    return values;
  }

  @Test
  void greyOfEveryDepthUpToEight() {
    int[] grey = {0, 7, 128, 254, 255, 1};
    assertArrayEquals(grey, decoded(2, 3, 1, PngForge.png(2, 3, 8, PngForge.GREY, grey)));
    assertArrayEquals(
        new int[] {0, 255, 255, 0, 255, 0},
        decoded(2, 3, 1, PngForge.png(2, 3, 1, PngForge.GREY, 0, 1, 1, 0, 1, 0)));
    assertArrayEquals(
        new int[] {0, 85, 170, 255},
        decoded(1, 4, 1, PngForge.png(1, 4, 2, PngForge.GREY, 0, 1, 2, 3)));
    int[] all = new int[16];
    Arrays.setAll(all, i -> i);
    int[] scaled = new int[16];
    Arrays.setAll(scaled, i -> 17 * i);
    assertArrayEquals(scaled, decoded(1, 16, 1, PngForge.png(1, 16, 4, PngForge.GREY, all)));
  }

  @Test
  void sixteenBitsAreRoundedAsStated() {
    int[] all = new int[65536];
    Arrays.setAll(all, i -> i);
    int[] expected = new int[65536];
    Arrays.setAll(expected, i -> (i * 255 + 32767) / 65535);
    assertArrayEquals(
        expected, decoded(256, 256, 1, PngForge.png(256, 256, 16, PngForge.GREY, all)));
    assertArrayEquals(
        new int[] {1, 0, 255},
        decoded(1, 1, 3, PngForge.png(1, 1, 16, PngForge.RGB, 257, 128, 65535)));
  }

  @Test
  void everyGreyValueOfEightBitsIsItself() {
    int[] all = new int[256];
    Arrays.setAll(all, i -> i);
    assertArrayEquals(all, decoded(16, 16, 1, PngForge.png(16, 16, 8, PngForge.GREY, all)));
    int[] wide = Arrays.stream(all).map(v -> 257 * v).toArray();
    assertArrayEquals(all, decoded(16, 16, 1, PngForge.png(16, 16, 16, PngForge.GREY, wide)));
  }

  @Test
  void coloursAndTransparency() {
    int[] rgb = {1, 2, 3, 250, 251, 252};
    assertArrayEquals(rgb, decoded(1, 2, 3, PngForge.png(1, 2, 8, PngForge.RGB, rgb)));
    assertArrayEquals(
        new int[] {10, 20, 30, 0, 0, 0, 100, 50, 1},
        decoded(
            1,
            3,
            3,
            PngForge.png(
                1, 3, 8, PngForge.RGBA, 10, 20, 30, 255, 90, 90, 90, 0, 199, 100, 1, 128)));
    assertArrayEquals(
        new int[] {77, 0, 39},
        decoded(1, 3, 1, PngForge.png(1, 3, 8, PngForge.GREY_ALPHA, 77, 255, 200, 0, 77, 128)));
    assertArrayEquals(
        new int[] {255, 128},
        decoded(1, 2, 1, PngForge.png(1, 2, 16, PngForge.GREY_ALPHA, 65535, 65535, 65535, 32768)));
  }

  @Test
  void theValueOfTransparencyLiesOnBlackAtEveryDepth() {
    for (int depth : new int[] {1, 2, 4, 8, 16}) {
      int max = (1 << depth) - 1;
      for (int value : new int[] {0, 1, max}) {
        byte[] png =
            new PngForge()
                .header(1, 3, depth, PngForge.GREY)
                .chunk("gAMA", 0, 0, 0x20, 0)
                .chunk("tRNS", depth == 16 ? value >> 8 : 0xFF, value & 0xFF)
                .data(1, depth, 0, 1, max)
                .chunk("IEND")
                .bytes();
        int one = (255 + max / 2) / max;
        int[] expected = {0, value == 1 ? 0 : one, value == max ? 0 : 255};
        assertArrayEquals(expected, decoded(1, 3, 1, png), depth + " bits, " + value);
      }
    }
    for (int depth : new int[] {8, 16}) {
      int[] tRNS = depth == 8 ? new int[] {0, 5, 0, 6, 0, 7} : new int[] {1, 5, 1, 6, 1, 7};
      int high = depth == 8 ? 0 : 256;
      byte[] png =
          new PngForge()
              .header(1, 2, depth, PngForge.RGB)
              .chunk("tRNS", tRNS)
              .data(1, depth, high + 5, high + 6, high + 7, high + 5, high + 6, high + 8)
              .chunk("IEND")
              .bytes();
      int[] expected = depth == 8 ? new int[] {0, 0, 0, 5, 6, 8} : new int[] {0, 0, 0, 1, 1, 1};
      assertArrayEquals(expected, decoded(1, 2, 3, png), depth + " bits");
    }
  }

  /** Files of 1, 2 and 4 bits, interlaced or not, and what libpng makes of them. */
  @Test
  void greyFilesWithATransparentValueAreThoseOfLibpng() throws IOException {
    Path folder = Path.of("src/test/resources/png-grey-transparency");
    Map<?, ?> expected = (Map<?, ?>) Json.parse(Files.readString(folder.resolve("expected.json")));
    assertEquals(6, expected.size());
    for (Map.Entry<?, ?> entry : expected.entrySet()) {
      Path file = folder.resolve((String) entry.getKey());
      List<?> rows = (List<?>) entry.getValue();
      int[] values =
          rows.stream()
              .flatMap(row -> ((List<?>) row).stream())
              .mapToInt(value -> ((Number) value).intValue())
              .toArray();
      int width = values.length / rows.size();
      assertArrayEquals(
          values, decoded(rows.size(), width, 1, Files.readAllBytes(file)), file.toString());
    }
  }

  @Test
  void interlacedGreyWithATransparentValue() {
    for (int transparent = 0; transparent < 4; transparent++) {
      // 3 x 3 pixels a..i: pass 1: a; 4: c; 5: g i; 6: b, h; 7: d e f
      int a = 0x00;
      int c = 0x80;
      int gi = 0x30; // 0 3
      int b = 0x40;
      int h = 0xC0;
      int def = 0x6C; // 1 2 3
      byte[] rows = new byte[12];
      int[] values = {0, a, 0, c, 0, gi, 0, b, 0, h, 0, def};
      for (int i = 0; i < values.length; i++) {
        rows[i] = (byte) values[i];
      }
      byte[] header = {0, 0, 0, 3, 0, 0, 0, 3, 2, 0, 0, 0, 1};
      byte[] png =
          new PngForge()
              .chunk("IHDR", header)
              .chunk("tRNS", 0, transparent)
              .chunk("IDAT", PngForge.deflate(rows))
              .chunk("IEND")
              .bytes();
      int[] picture = {0, 1, 2, 1, 2, 3, 0, 3, 3};
      int seen = transparent;
      int[] expected = Arrays.stream(picture).map(v -> v == seen ? 0 : 85 * v).toArray();
      assertArrayEquals(expected, decoded(3, 3, 1, png));
    }
  }

  @Test
  void chunksThatContradictThePictureAreRefused() {
    PngForge grey = new PngForge().header(1, 2, 8, PngForge.GREY);
    refused("tRNS is not sound", grey.chunk("tRNS", 1).data(1, 8, 1, 2));
    PngForge alpha = new PngForge().header(1, 1, 8, PngForge.GREY_ALPHA);
    refused("tRNS is not sound", alpha.chunk("tRNS", 0, 1).data(1, 8, 1, 2));
    PngForge colours = new PngForge().header(1, 1, 8, PngForge.PALETTE).chunk("PLTE", 1, 2, 3);
    refused("colour 1 of a palette of 1", colours.data(1, 8, 1));
    refused("palette is missing", new PngForge().header(1, 1, 8, PngForge.PALETTE).data(1, 8, 0));
    refused("no colour type 5", new PngForge().header(1, 1, 8, 5).data(1, 8, 0));
    refused("no colour type 2 of 4 bits", new PngForge().header(1, 1, 4, PngForge.RGB));
    refused(
        "a row has filter 9",
        new PngForge()
            .header(1, 1, 8, PngForge.GREY)
            .chunk("IDAT", PngForge.deflate(new byte[] {9, 1})));
    refused(
        "its pixels end too early",
        new PngForge()
            .header(2, 2, 8, PngForge.GREY)
            .chunk("IDAT", PngForge.deflate(new byte[] {0, 1, 1})));
  }

  private static void refused(String part, PngForge png) {
    byte[] bytes = png.chunk("IEND").bytes();
    String message =
        assertThrows(DataException.class, () -> ImageFiles.decode(FILE, bytes)).getMessage();
    assertTrue(message.startsWith("scan.png: ") && message.contains(part), message);
  }

  @Test
  void palettes() {
    byte[] coloured =
        new PngForge()
            .header(1, 4, 2, PngForge.PALETTE)
            .chunk("PLTE", 1, 2, 3, 200, 100, 50, 9, 9, 9)
            .chunk("tRNS", 255, 128)
            .data(1, 2, 0, 1, 2, 0)
            .chunk("IEND")
            .bytes();
    assertArrayEquals(
        new int[] {1, 2, 3, 100, 50, 25, 9, 9, 9, 1, 2, 3}, decoded(1, 4, 3, coloured));
    byte[] grey =
        new PngForge()
            .header(1, 3, 8, PngForge.PALETTE)
            .chunk("PLTE", 40, 40, 40, 30, 30, 30, 20, 20, 20)
            .data(1, 8, 2, 1, 0)
            .chunk("IEND")
            .bytes();
    assertArrayEquals(new int[] {20, 30, 40}, decoded(1, 3, 1, grey));
  }

  @Test
  void otherChunksChangeNoSample() {
    byte[] bomb = PngForge.deflate(new byte[1 << 20]);
    byte[] text = new byte[bomb.length + 3];
    text[0] = 'a';
    System.arraycopy(bomb, 0, text, 3, bomb.length);
    byte[] png =
        new PngForge()
            .header(1, 2, 8, PngForge.GREY)
            .chunk("gAMA", 0, 0, 0x20, 0)
            .chunk("iCCP", 'x', 0, 0, 1, 2, 3)
            .chunk("zTXt", text)
            .chunk("tIME", 1, 2)
            .data(1, 8, 60, 200)
            .chunk("IEND")
            .bytes();
    assertArrayEquals(new int[] {60, 200}, decoded(1, 2, 1, png));
  }

  @Test
  void interlacedFilesOfTheJdkAreReadAsItReadsThem() throws IOException {
    BufferedImage image = new BufferedImage(23, 17, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < 17; y++) {
      for (int x = 0; x < 23; x++) {
        image.setRGB(x, y, x * 11 << 16 | y * 15 << 8 | (x * y & 0xFF));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    var writer = ImageIO.getImageWritersByFormatName("png").next();
    var parameters = writer.getDefaultWriteParam();
    parameters.setProgressiveMode(javax.imageio.ImageWriteParam.MODE_DEFAULT);
    try (var stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      writer.write(null, new javax.imageio.IIOImage(image, null, null), parameters);
    }
    assertEquals(1, out.toByteArray()[28], "interlaced");
    int[] seen = decoded(17, 23, 3, out.toByteArray());
    for (int i = 0; i < 17 * 23; i++) {
      int colour = seen[3 * i] << 16 | seen[3 * i + 1] << 8 | seen[3 * i + 2];
      assertEquals(image.getRGB(i % 23, i / 23) & 0xFFFFFF, colour);
    }
  }

  @Test
  void everyLossOfBytesIsRefused() {
    int[] samples = new int[400];
    Arrays.setAll(samples, i -> i * 37 & 0xFF);
    byte[] png = PngForge.png(20, 20, 8, PngForge.GREY, samples);
    for (int length = 0; length < png.length; length++) {
      byte[] cut = Arrays.copyOf(png, length);
      String message =
          assertThrows(DataException.class, () -> ImageFiles.decode(FILE, cut)).getMessage();
      assertTrue(message.startsWith("scan.png: "), message);
    }
    for (int at = 0; at < png.length; at++) {
      byte[] flipped = png.clone();
      flipped[at] ^= 0x10;
      assertThrows(DataException.class, () -> ImageFiles.decode(FILE, flipped), "byte " + at);
    }
  }

  @Test
  void liesAreRefused() {
    refused("60000 x 60000 pixels, read are at most", header(60000, 60000));
    refused("-1 x 5 pixels", header(-1, 5));
    refused("0 x 5 pixels", header(0, 5));
    refused("the header is not where it must be", new PngForge().chunk("IDAT", 0).bytes());
    byte[] tooLittle =
        new PngForge()
            .header(20, 20, 8, PngForge.GREY)
            .data(2, 8, new int[40])
            .chunk("IEND")
            .bytes();
    refused("damaged PNG", tooLittle);
    refused("damaged PNG", new PngForge().header(2, 2, 8, PngForge.GREY).chunk("IEND").bytes());
    refused(
        "damaged PNG",
        new PngForge().header(2, 2, 7, 5).data(2, 8, 1, 2, 3, 4).chunk("IEND").bytes());
  }

  private static byte[] header(int height, int width) {
    return new PngForge()
        .header(height, width, 8, PngForge.GREY)
        .data(1, 8, 0)
        .chunk("IEND")
        .bytes();
  }

  private static void refused(String part, byte[] png) {
    String message =
        assertThrows(DataException.class, () -> ImageFiles.decode(FILE, png)).getMessage();
    assertTrue(message.contains(part), message);
  }
}
