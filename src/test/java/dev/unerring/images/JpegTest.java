// SPDX-License-Identifier: Apache-2.0
package dev.unerring.images;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** JPEG files give the pixels that libjpeg gives, turned as EXIF says. */
class JpegTest {
  private static final Path FILE = Path.of("photo.jpg");

  static byte[] jpeg(int height, int width, boolean grey) {
    BufferedImage image =
        new BufferedImage(
            width, height, grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int value = x * 255 / width << 16 | y * 255 / height << 8 | (x * y & 0x3F) + 90;
        if (grey) {
          image.getRaster().setSample(x, y, 0, value >> 8 & 0xFF);
        } else {
          image.setRGB(x, y, value);
        }
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "jpg", out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  @Test
  void colourIsThatOfTheJdksOwnConversion() throws IOException {
    byte[] jpeg = jpeg(19, 33, false);
    BufferedImage expected = ImageIO.read(new ByteArrayInputStream(jpeg));
    Picture picture = ImageFiles.decode(FILE, jpeg);
    assertEquals(3, picture.channels());
    int[] seen = PngTest.unsigned(picture.samples());
    for (int i = 0; i < 19 * 33; i++) {
      int colour = seen[3 * i] << 16 | seen[3 * i + 1] << 8 | seen[3 * i + 2];
      assertEquals(expected.getRGB(i % 33, i / 33) & 0xFFFFFF, colour, "pixel " + i);
    }
  }

  @Test
  void greyIsTheFilesOwnSamples() throws IOException {
    byte[] jpeg = jpeg(9, 14, true);
    int[] expected =
        ImageIO.read(new ByteArrayInputStream(jpeg))
            .getRaster()
            .getSamples(0, 0, 14, 9, 0, (int[]) null);
    Picture picture = ImageFiles.decode(FILE, jpeg);
    assertEquals(1, picture.channels());
    assertArrayEquals(expected, PngTest.unsigned(picture.samples()));
  }

  @Test
  void adobesMarkerSaysThatTheFileIsRgb() {
    byte[] ycc = jpeg(8, 8, false);
    byte[] rgb = withSegment(without(ycc, 0xE0), 0xEE, "Adobe\0\144\0\0\0\0\0");
    Picture converted = ImageFiles.decode(FILE, ycc);
    Picture plain = ImageFiles.decode(FILE, rgb);
    int y = plain.samples()[0] & 0xFF;
    int cr = (plain.samples()[2] & 0xFF) - 128;
    int red = Math.clamp(y + (91881 * cr + 32768 >> 16), 0, 255);
    assertEquals(red, converted.samples()[0] & 0xFF);
  }

  @Test
  void orientationsOfExif() {
    byte[] jpeg = jpeg(8, 16, true);
    Picture plain = ImageFiles.decode(FILE, jpeg);
    for (int orientation = 1; orientation <= 8; orientation++) {
      for (String order : new String[] {"II", "MM"}) {
        Picture seen = ImageFiles.decode(FILE, withSegment(jpeg, 0xE1, exif(order, orientation)));
        assertEquals(orientation < 5 ? 8 : 16, seen.height());
        // The first stored pixel stands in the corner that the tag names.
        boolean bottom = orientation == 3 || orientation == 4 || orientation >= 7;
        boolean right =
            orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
        int row = bottom ? seen.height() - 1 : 0;
        int column = right ? seen.width() - 1 : 0;
        assertEquals(plain.samples()[0], seen.samples()[row * seen.width() + column]);
        // The second stored pixel is its neighbour along the stored row.
        int nextRow = orientation < 5 ? row : row + (bottom ? -1 : 1);
        int nextColumn = orientation < 5 ? column + (right ? -1 : 1) : column;
        assertEquals(plain.samples()[1], seen.samples()[nextRow * seen.width() + nextColumn]);
        byte[] sorted = seen.samples().clone();
        Arrays.sort(sorted);
        byte[] all = plain.samples().clone();
        Arrays.sort(all);
        assertArrayEquals(all, sorted);
      }
    }
    assertArrayEquals(
        plain.samples(), ImageFiles.decode(FILE, withSegment(jpeg, 0xE1, exif("II", 9))).samples());
    assertArrayEquals(
        plain.samples(),
        ImageFiles.decode(FILE, withSegment(jpeg, 0xE1, "Exif\0\0II*\0\377\377\377\377"))
            .samples());
  }

  @Test
  void profilesAndTextsAreLeftOut() {
    byte[] jpeg = jpeg(8, 8, false);
    byte[] decorated =
        withSegment(
            withSegment(withSegment(jpeg, 0xE2, "ICC_PROFILE\0\1\1rubbish"), 0xFE, "a comment"),
            0xED,
            "Photoshop 3.0\0");
    assertArrayEquals(
        ImageFiles.decode(FILE, jpeg).samples(), ImageFiles.decode(FILE, decorated).samples());
  }

  @Test
  void whatIsNotReadIsRefusedWithItsReason() {
    byte[] jpeg = jpeg(8, 8, false);
    int frame = frame(jpeg);
    byte[] cmyk = jpeg.clone();
    cmyk[frame + 9] = 4;
    cmyk[frame + 3] += 3; // the segment takes three bytes of what follows
    refused("4 colour components (CMYK or YCCK)", cmyk);
    byte[] deep = jpeg.clone();
    deep[frame + 4] = 12;
    refused("12 bits a sample", deep);
    byte[] lossless = jpeg.clone();
    lossless[frame + 1] = (byte) 0xC3;
    refused("lossless", lossless);
    byte[] huge = jpeg.clone();
    Arrays.fill(huge, frame + 5, frame + 9, (byte) 0xF0);
    refused("61680 x 61680 pixels, read are at most", huge);
    refused(
        "it holds no picture",
        new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, (byte) 0xD9, 0, 0});
  }

  @Test
  void everyCutIsRefused() {
    byte[] jpeg = jpeg(24, 24, false);
    for (int length = 3; length < jpeg.length; length += 1 + length / 100) {
      byte[] cut = Arrays.copyOf(jpeg, length);
      String message =
          assertThrows(DataException.class, () -> ImageFiles.decode(FILE, cut)).getMessage();
      assertTrue(message.startsWith("photo.jpg: damaged JPEG: "), message);
    }
  }

  @Test
  void noiseEndsInAPictureOrARefusal() {
    byte[] jpeg = jpeg(16, 16, false);
    for (int at = 2; at < jpeg.length; at++) {
      byte[] changed = jpeg.clone();
      changed[at] ^= (byte) 0x5A;
      try {
        ImageFiles.decode(FILE, changed);
      } catch (DataException e) {
        assertTrue(e.getMessage().startsWith("photo.jpg: "), e.getMessage());
      }
    }
  }

  private static int frame(byte[] jpeg) {
    int at = 2;
    while ((jpeg[at + 1] & 0xFF) != 0xC0) {
      at += 2 + ((jpeg[at + 2] & 0xFF) << 8 | jpeg[at + 3] & 0xFF);
    }
    return at;
  }

  private static byte[] without(byte[] jpeg, int marker) {
    assertEquals(marker, jpeg[3] & 0xFF);
    int length = 2 + ((jpeg[4] & 0xFF) << 8 | jpeg[5] & 0xFF);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.write(jpeg, 2 + length, jpeg.length - 2 - length);
    return out.toByteArray();
  }

  private static byte[] withSegment(byte[] jpeg, int marker, String latin) {
    byte[] content = latin.getBytes(StandardCharsets.ISO_8859_1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, 2);
    out.write(0xFF);
    out.write(marker);
    out.write(content.length + 2 >> 8);
    out.write(content.length + 2);
    out.writeBytes(content);
    out.write(jpeg, 2, jpeg.length - 2);
    return out.toByteArray();
  }

  private static String exif(String order, int orientation) {
    boolean little = order.equals("II");
    String head = little ? "II*\0\10\0\0\0" : "MM\0*\0\0\0\10";
    String entry =
        little
            ? "\1\0\22\1\3\0\1\0\0\0" + (char) orientation + "\0\0\0"
            : "\0\1\1\22\0\3\0\0\0\1\0" + (char) orientation + "\0\0";
    return "Exif\0\0" + head + entry + "\0\0\0\0";
  }

  private static void refused(String part, byte[] jpeg) {
    String message =
        assertThrows(DataException.class, () -> ImageFiles.decode(FILE, jpeg)).getMessage();
    assertTrue(message.contains(part), message);
  }
}
