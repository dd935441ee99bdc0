// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.tensor.Shape;
import org.junit.jupiter.api.Test;

/**
 * Chunks cover every position once, ascending, and are cut by the shape of one image, so that the
 * chunks of a batch are the first chunks of any larger one.
 */
final class ChunksTest {
  private static final int[][] IMAGES = {
    {1, 1, 1},
    {1, 1, 783},
    {1, 1, 784},
    {1, 1, 785},
    {1, 28, 28},
    {1, 28, 29},
    {1, 29, 29},
    {1, 7, 7},
    {1, 26, 26},
    {1, 1571, 1},
    {3, 19, 23},
    {28, 28, 28},
    {1, 224, 224}
  };

  @Test
  void everyRowIsInOneChunk() {
    for (int[] image : IMAGES) {
      for (int n : new int[] {1, 2, 3, 16, 17, 37, 785}) {
        Shape shape = new Shape(n, image[0], image[1], image[2], 5);
        Chunks chunks = Chunks.ofPositions(shape);
        int next = 0;
        for (int chunk = 0; chunk < chunks.count(); chunk++) {
          assertEquals(next, chunks.begin(chunk), shape + " chunk " + chunk);
          assertTrue(chunks.end(chunk) > next, shape + " chunk " + chunk);
          next = chunks.end(chunk);
        }
        assertEquals((long) n * shape.positions(), (long) next * chunks.rowPositions(), "" + shape);
      }
    }
  }

  @Test
  void theNumberOfImagesMovesNoBoundary() {
    for (int[] image : IMAGES) {
      Chunks many = Chunks.ofPositions(new Shape(1_600, image[0], image[1], image[2], 1));
      for (int n : new int[] {1, 2, 3, 37, 785}) {
        Chunks few = Chunks.ofPositions(new Shape(n, image[0], image[1], image[2], 1));
        for (int chunk = 0; chunk < few.count(); chunk++) {
          assertEquals(many.begin(chunk), few.begin(chunk));
          boolean last = chunk == few.count() - 1;
          assertTrue(last ? few.end(chunk) <= many.end(chunk) : few.end(chunk) == many.end(chunk));
        }
      }
    }
  }

  @Test
  void smallImagesGoTogetherAndLargeOnesAreCutInRows() {
    assertEquals(new Chunks(28, 1, 5 * 28, 28), Chunks.ofPositions(new Shape(5, 1, 28, 28, 3)));
    assertEquals(new Chunks(7, 1, 40 * 7, 16 * 7), Chunks.ofPositions(new Shape(40, 1, 7, 7, 3)));
    assertEquals(new Chunks(1, 1, 800, 784), Chunks.ofPositions(new Shape(800, 1, 1, 1, 3)));
    assertEquals(new Chunks(29, 3, 29, 28), Chunks.ofPositions(new Shape(3, 1, 29, 29, 3)));
    assertEquals(new Chunks(224, 2, 224, 4), Chunks.ofPositions(new Shape(2, 1, 224, 224, 3)));
    assertEquals(new Chunks(1, 1, 2049, 1024), Chunks.flat(2049));
    assertEquals(3, Chunks.flat(2049).count());
  }
}
