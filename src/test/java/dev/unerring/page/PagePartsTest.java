// SPDX-License-Identifier: Apache-2.0
package dev.unerring.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Split;
import dev.unerring.suite.TestData;
import dev.unerring.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/**
 * The parts of a page: text stays text, pictures are those of the samples, charts say their ends.
 */
class PagePartsTest {
  @Test
  void nothingThatIsPutInBecomesMarkup() {
    String hostile = "</p><script>alert('x')</script>&lt;\"\u202e\u0007<img src=x onerror=y>";
    String page = new Html().open("p", "title", hostile).text(hostile).close().toString();
    assertFalse(page.contains("<script") || page.contains("<img"), page);
    assertTrue(page.contains("&lt;script&gt;") && page.contains("&amp;lt;&quot;"), page);
    assertTrue(page.contains("\\u202e\\u0007"), "unseen characters are shown: " + page);
    assertEquals(2, page.split("<p|</p>", -1).length - 1);
    assertThrows(IllegalStateException.class, () -> new Html().open("p").toString());
  }

  @Test
  void theJdkReadsThePicturesBack() throws IOException {
    Shape image = Shape.image2d(2, 3, 3);
    float[] values = new float[18];
    for (int i = 0; i < values.length; i++) {
      values[i] = 14 * i;
    }
    BufferedImage read = read(Picture.of(values, image));
    assertEquals(3, read.getWidth());
    assertEquals(2, read.getHeight());
    assertEquals(0xFF000E1C, read.getRGB(0, 0));
    assertEquals(0xFFD2E0EE, read.getRGB(2, 1));
    Picture large = Picture.of(new float[200 * 130], Shape.image2d(200, 130, 1));
    assertEquals(List.of(32, 50), List.of(large.width(), large.height()));
    assertEquals(50, read(large).getHeight());
  }

  private static BufferedImage read(Picture picture) throws IOException {
    String start = "data:image/png;base64,";
    assertTrue(picture.source().startsWith(start));
    byte[] png = Base64.getDecoder().decode(picture.source().substring(start.length()));
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  @Test
  void ofAVolumeTheMiddleSlicesStandSideBySide() {
    Shape image = new Shape(1, 3, 4, 5, 1);
    float[] values = new float[60];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Picture picture = Picture.of(values, image);
    assertEquals(5 + 2 + 5 + 2 + 4, picture.width());
    assertEquals(4, picture.height());
    assertEquals(20, picture.pixels()[0]); // depth 1, row 0, column 0
    assertEquals(10, picture.pixels()[7]); // depth 0, row 2, column 0
    assertEquals(2, picture.pixels()[14]); // depth 0, row 0, column 2
  }

  @Test
  void aChartNamesTheEndsOfItsLinesAndShowsZeroBelowOne() {
    Html html = new Html();
    double[] x = {1, 2, 3};
    new Chart("Errors", "epoch")
        .logarithmic()
        .line("training", x, new double[] {250, Double.NaN, 0})
        .write(html);
    String svg = html.toString();
    assertTrue(svg.contains("Errors; training 250 at 1, 0 at 3"), svg);
    assertTrue(svg.contains(">1000<") && svg.contains(">0<"), svg);
    assertFalse(svg.contains("NaN"), svg);
    Html empty = new Html();
    new Chart("Nothing", "epoch")
        .line("none", new double[] {1}, new double[] {Double.NaN})
        .write(empty);
    assertFalse(empty.toString().contains("svg"));
  }

  @Test
  void neighboursAreTheMostAlikeAndNeverTheSampleItself() {
    TestData data = TestData.generated(12, 3, 5).copyImage(4, 9);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment images = arena.allocate(data.images().length);
      images.copyFrom(MemorySegment.ofArray(data.images()));
      Split split = new Split("train", TestData.IMAGE, images, 1, data.labels());
      List<List<Neighbours.Neighbour>> found =
          Neighbours.of(split, new int[] {4, 9, 0}, 2, WorkMonitor.SILENT);
      assertEquals(9, found.get(0).getFirst().sample());
      assertEquals(4, found.get(1).getFirst().sample());
      assertEquals(1.0, found.get(0).getFirst().correlation(), 1e-5);
      assertEquals(2, found.get(2).size());
      for (Neighbours.Neighbour each : found.get(2)) {
        assertEquals(0, data.labels()[each.sample()], "the bar is at the row of the class");
      }
    }
  }
}
