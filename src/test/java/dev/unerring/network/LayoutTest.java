// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * File order to engine order: convolutions [oc][ic][taps] to [taps][ic][oc], linear layers
 * [out][c][positions] to [positions][c][out], vectors unchanged; every layout is one to one.
 */
class LayoutTest {
  @Test
  void convolution() {
    Layout layout = new Layout.Convolution(5, 3, 9);
    int file = 0;
    for (int oc = 0; oc < 5; oc++) {
      for (int ic = 0; ic < 3; ic++) {
        for (int tap = 0; tap < 9; tap++) {
          assertEquals(tap * 15 + ic * 5 + oc, layout.engineIndex(file++));
        }
      }
    }
    requireOneToOne(layout, file);
  }

  @Test
  void denseAfterAnImage() {
    Layout layout = new Layout.Dense(7, 4, 6);
    int file = 0;
    for (int out = 0; out < 7; out++) {
      for (int c = 0; c < 4; c++) {
        for (int position = 0; position < 6; position++) {
          assertEquals(position * 28 + c * 7 + out, layout.engineIndex(file++));
        }
      }
    }
    requireOneToOne(layout, file);
  }

  @Test
  void denseAfterAVectorIsTheTranspose() {
    Layout layout = new Layout.Dense(2, 3, 1);
    int[] engine = IntStream.range(0, 6).map(layout::engineIndex).toArray();
    assertArrayEquals(new int[] {0, 2, 4, 1, 3, 5}, engine);
  }

  @Test
  void vector() {
    Layout layout = new Layout.Vector();
    int[] engine = IntStream.range(0, 4).map(layout::engineIndex).toArray();
    assertArrayEquals(new int[] {0, 1, 2, 3}, engine);
  }

  private static void requireOneToOne(Layout layout, int size) {
    int[] engine = IntStream.range(0, size).map(layout::engineIndex).toArray();
    Arrays.sort(engine);
    assertArrayEquals(IntStream.range(0, size).toArray(), engine);
  }
}
