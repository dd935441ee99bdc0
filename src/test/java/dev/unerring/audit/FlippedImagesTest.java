// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Samples;
import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Planted flips and turns are found, all of them and nothing else, each with its map. */
class FlippedImagesTest {
  private static List<List<FlippedImages.Member>> find(byte[] images, Shape shape, int threads) {
    int count = images.length / shape.imageElements();
    Samples samples =
        new Samples(List.of(Fields.split("train", images, shape, 0, count, new int[count])));
    return FlippedImages.find(
        samples, shape, IntStream.range(0, count).toArray(), threads, WorkMonitor.SILENT);
  }

  private static String text(List<List<FlippedImages.Member>> groups) {
    return groups.stream()
        .map(group ->
            group.stream()
                .map(member -> member.image() + " " + member.transform())
                .collect(Collectors.joining(", ")))
        .collect(Collectors.joining("\n"));
  }

  /** Every map once: image i of the first half is mapped by map i to image half + i. */
  private static void assertEveryMapIsFound(Shape shape) {
    List<ImageSymmetry> group = ImageSymmetry.of(shape);
    int half = group.size() + 5;
    byte[] images = Fields.smooth(11, 2 * half, shape);
    for (int i = 0; i < images.length; i++) { // no two equal neighbours: no symmetric images
      images[i] += (byte) (16 * Fields.uniform(12, 0, i));
    }
    List<String> expected = new ArrayList<>();
    for (int i = 1; i < group.size(); i++) {
      Fields.put(Fields.mapped(Fields.image(images, i, shape), group.get(i)), images, half + i);
      expected.add(i + " identity, " + (half + i) + " " + group.get(i).name());
    }
    String all = String.join("\n", expected);
    assertEquals(all, text(find(images, shape, 1)), shape.toString());
    assertEquals(all, text(find(images, shape, 3)), shape.toString());
  }

  @Test
  void everyMapOfEveryKindOfShape() {
    assertEveryMapIsFound(Shape.image2d(28, 28, 1));
    assertEveryMapIsFound(Shape.image2d(28, 28, 3));
    assertEveryMapIsFound(Shape.image2d(12, 20, 1));
    assertEveryMapIsFound(new Shape(1, 12, 12, 12, 1));
    assertEveryMapIsFound(new Shape(1, 5, 8, 8, 1));
  }

  @Test
  void manyAmongThousands() {
    Shape shape = Shape.image2d(10, 10, 1);
    int count = 4000;
    byte[] images = Fields.smooth(5, count, shape);
    Set<String> planted = new TreeSet<>();
    for (int i = 0; i < 500; i++) {
      ImageSymmetry symmetry = ImageSymmetry.of(shape).get(1 + i % 7);
      int from = 7 * i;
      int to = from + 1 + i % 6;
      Fields.put(Fields.mapped(Fields.image(images, from, shape), symmetry), images, to);
      planted.add(from + " " + to);
    }
    Set<String> found = new TreeSet<>();
    for (List<FlippedImages.Member> group : find(images, shape, 2)) {
      assertEquals(2, group.size());
      found.add(group.get(0).image() + " " + group.get(1).image());
    }
    assertEquals(planted, found);
  }

  @Test
  void theSamePixelsOnTheSameOrbitsAreNotEnough() {
    Shape shape = Shape.image2d(4, 4, 1);
    // the corners are one orbit, the inner four another: turned by one step against each other
    byte[] images = {
      1, 0, 0, 2, 0, 5, 6, 0, 0, 7, 8, 0, 3, 0, 0, 4,
      1, 0, 0, 2, 0, 6, 5, 0, 0, 7, 8, 0, 3, 0, 0, 4,
      1, 0, 0, 2, 0, 5, 6, 0, 0, 8, 7, 0, 3, 0, 0, 4,
      3, 0, 0, 1, 0, 7, 5, 0, 0, 8, 6, 0, 4, 0, 0, 2
    };
    assertEquals("0 identity, 3 quarter turn clockwise", text(find(images, shape, 1)));
  }

  @Test
  void rectanglesAreNotTurnedByAQuarter() {
    byte[] images = {1, 2, 3, 4, 5, 6, 5, 3, 1, 6, 4, 2, 3, 2, 1, 6, 5, 4};
    assertEquals("0 identity, 2 flip left to right", text(find(images, Shape.image2d(2, 3, 1), 1)));
  }

  @Test
  void symmetricImagesStandInOneGroupOnce() {
    byte[] images = {1, 1, 2, 2, 2, 1, 2, 1, 2, 2, 1, 1};
    assertEquals(
        "0 identity, 1 quarter turn clockwise, 2 flip top to bottom",
        text(find(images, Shape.image2d(2, 2, 1), 1)));
    assertTrue(find(new byte[] {1, 1, 1, 1}, Shape.image2d(2, 2, 1), 1).isEmpty());
  }
}
