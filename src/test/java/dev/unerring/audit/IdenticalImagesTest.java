// SPDX-License-Identifier: Apache-2.0
package dev.unerring.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Split;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Groups are decided by bytes, whatever the hash says, and in linear time. */
class IdenticalImagesTest {
  private static Split split(String name, int imageBytes, byte[] images) {
    return new Split(
        name, imageBytes, MemorySegment.ofArray(images), 1, new int[images.length / imageBytes]);
  }

  private static String text(List<int[]> groups) {
    return groups.stream().map(Arrays::toString).toList().toString();
  }

  @Test
  void findsGroupsAcrossSplitsInOrder() {
    List<Split> splits =
        List.of(
            split("train", 2, new byte[] {1, 2, 3, 4, 1, 2, 5, 6}),
            split("val", 2, new byte[] {3, 4, 9, 9}),
            split("test", 2, new byte[] {1, 2, 0, 0}));
    assertEquals("[[0, 2, 6], [1, 4]]", text(IdenticalImages.find(splits, WorkMonitor.SILENT)));
  }

  @Test
  void collidingHashesDoNotMakeGroups() {
    List<Split> splits =
        List.of(split("train", 2, new byte[] {7, 7, 1, 2, 3, 4, 1, 2, 5, 6, 3, 4, 3, 4, -1, 4}));
    String expected = "[[1, 3], [2, 5, 6]]";
    assertEquals(expected, text(IdenticalImages.find(splits, WorkMonitor.SILENT)));
    assertEquals(
        expected,
        text(IdenticalImages.find(splits, WorkMonitor.SILENT, (images, start, bytes) -> 42L)));
    assertEquals(
        expected,
        text(IdenticalImages.find(splits, WorkMonitor.SILENT, (images, start, bytes) -> -1L)));
  }

  @Test
  void everyImageTheSame() {
    List<Split> splits = List.of(split("train", 3, new byte[3000]));
    List<int[]> groups = IdenticalImages.find(splits, WorkMonitor.SILENT);
    assertEquals(1, groups.size());
    assertEquals(1000, groups.getFirst().length);
  }

  @Test
  void oddSizesUseEveryByte() {
    for (int bytes = 1; bytes < 20; bytes++) {
      byte[] images = new byte[bytes * (bytes + 1)];
      for (int i = 0; i < bytes; i++) {
        images[(i + 1) * bytes + i] = 1;
      }
      assertTrue(
          IdenticalImages.find(List.of(split("train", bytes, images)), WorkMonitor.SILENT)
              .isEmpty());
    }
  }

  @Test
  void manyImagesWithCollisionsStayQuick() {
    int count = 60_000;
    byte[] images = new byte[count * 4];
    for (int i = 0; i < count; i++) {
      images[i * 4] = (byte) i;
      images[i * 4 + 1] = (byte) (i >>> 8);
    }
    List<Split> splits = List.of(split("train", 4, images));
    assertTrue(
        IdenticalImages.find(splits, WorkMonitor.SILENT, (segment, start, bytes) -> 0L).isEmpty());
  }
}
