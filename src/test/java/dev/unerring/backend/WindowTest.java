// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unerring.tensor.Shape;
import org.junit.jupiter.api.Test;

/**
 * A window's output is floor((extent + 2 pad - kernel) / stride) + 1; impossible windows are
 * refused.
 */
final class WindowTest {
  @Test
  void outputShapes() {
    Shape image = new Shape(3, 1, 28, 27, 4);
    assertEquals(new Shape(3, 1, 28, 27, 8), Window.square(3, 1, 1).outputOf(image, 8));
    assertEquals(new Shape(3, 1, 26, 25, 8), Window.square(3, 1, 0).outputOf(image, 8));
    assertEquals(new Shape(3, 1, 14, 14, 8), Window.square(3, 2, 1).outputOf(image, 8));
    assertEquals(new Shape(3, 1, 14, 13, 4), Window.square(2, 2, 0).outputOf(image, 4));
    assertEquals(new Shape(3, 1, 14, 14, 1), Window.square(1, 2, 0).outputOf(image, 1));
    Shape volume = new Shape(2, 7, 8, 6, 3);
    assertEquals(new Shape(2, 4, 4, 3, 5), new Window(3, 3, 3, 2, 1).outputOf(volume, 5));
    assertEquals(new Shape(2, 7, 8, 6, 5), new Window(1, 3, 3, 1, 1).outputOf(volume, 5));
  }

  @Test
  void depthHasABorderOnlyWhereTheKernelHasDepth() {
    assertEquals(0, Window.square(3, 1, 1).padDepth());
    assertEquals(1, new Window(3, 3, 3, 1, 1).padDepth());
    assertEquals(27, new Window(3, 3, 3, 1, 1).taps());
  }

  @Test
  void impossibleWindows() {
    assertThrows(IllegalArgumentException.class, () -> Window.square(0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> Window.square(3, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> Window.square(3, 1, -1));
    assertThrows(IllegalArgumentException.class, () -> Window.square(3, 1, 3));
    Shape image = Shape.image2d(4, 9, 1);
    assertThrows(IllegalArgumentException.class, () -> Window.square(5, 1, 0).outputOf(image, 1));
    Window deep = new Window(3, 3, 3, 1, 0);
    assertThrows(IllegalArgumentException.class, () -> deep.outputOf(image, 1));
  }
}
