// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The maps of a grid onto itself: how many, that they form a group, and what they are called. */
class ImageSymmetryTest {
  private static int[] map(ImageSymmetry symmetry) {
    Shape shape = symmetry.shape();
    int[] map = new int[shape.positions()];
    int position = 0;
    for (int d = 0; d < shape.d(); d++) {
      for (int h = 0; h < shape.h(); h++) {
        for (int w = 0; w < shape.w(); w++) {
          map[position++] = symmetry.source(d, h, w);
        }
      }
    }
    return map;
  }

  private static void assertGroup(int order, Shape shape) {
    List<String> maps = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<ImageSymmetry> group = ImageSymmetry.of(shape);
    for (ImageSymmetry symmetry : group) {
      maps.add(Arrays.toString(map(symmetry)));
      names.add(symmetry.name());
    }
    assertEquals(order, maps.stream().distinct().count(), shape.toString());
    assertEquals(order, names.stream().distinct().count(), names.toString());
    assertEquals("identity", names.getFirst());
    for (ImageSymmetry first : group) {
      for (ImageSymmetry second : group) {
        int[] a = map(first);
        int[] composed = Arrays.stream(map(second)).map(position -> a[position]).toArray();
        assertTrue(maps.contains(Arrays.toString(composed)), first + " after " + second);
      }
    }
  }

  @Test
  void groupsOfAllKindsOfShapes() {
    assertGroup(8, Shape.image2d(3, 3, 1));
    assertGroup(4, Shape.image2d(3, 4, 3));
    assertGroup(2, Shape.image2d(5, 1, 1));
    assertGroup(1, Shape.image2d(1, 1, 3));
    assertGroup(48, new Shape(1, 3, 3, 3, 1));
    assertGroup(16, new Shape(1, 2, 3, 3, 1));
    assertGroup(16, new Shape(1, 3, 3, 2, 1));
    assertGroup(8, new Shape(1, 2, 3, 4, 1));
  }

  @Test
  void namesSayWhatIsDone() {
    // a b        positions 0 1
    // c d                  2 3
    String[] names = {
      "identity",
      "flip top to bottom",
      "flip left to right",
      "half turn",
      "flip along the diagonal",
      "quarter turn clockwise",
      "quarter turn counter-clockwise",
      "flip along the other diagonal"
    };
    int[][] expected = {
      {0, 1, 2, 3},
      {2, 3, 0, 1},
      {1, 0, 3, 2},
      {3, 2, 1, 0},
      {0, 2, 1, 3},
      {2, 0, 3, 1},
      {1, 3, 0, 2},
      {3, 1, 2, 0}
    };
    for (int i = 0; i < names.length; i++) {
      String name = names[i];
      ImageSymmetry symmetry =
          ImageSymmetry.of(Shape.image2d(2, 2, 1)).stream()
              .filter(each -> each.name().equals(name))
              .findFirst()
              .orElseThrow();
      assertArrayEquals(expected[i], map(symmetry), name);
    }
    ImageSymmetry alongDepth =
        ImageSymmetry.of(new Shape(1, 2, 1, 3, 1)).stream()
            .filter(each -> each.name().equals("-d h w"))
            .findFirst()
            .orElseThrow();
    assertArrayEquals(new int[] {3, 4, 5, 0, 1, 2}, map(alongDepth));
  }
}
