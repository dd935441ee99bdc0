// SPDX-License-Identifier: Apache-2.0
package dev.unerring.twins;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** A bound is decided exactly, also where binary64 cannot see the difference. */
class CorrelationBoundTest {
  @Test
  void exactlyAtTheBoundIsReached() {
    CorrelationBound bound = new CorrelationBound(0.95);
    assertTrue(bound.reached(19, 20, 20));
    assertTrue(bound.reached(19, 10, 40));
    assertFalse(bound.reached(-19, 20, 20));
    assertFalse(bound.reached(0, 20, 20));
  }

  @Test
  void oneUnitBelowIsNot() {
    long variance = 1L << 60;
    long product = variance / 100 * 99 + 100; // 0.99 * 2^60 is not whole: the next ones around it
    while (new CorrelationBound(0.99).reached(product, variance, variance)) {
      product--;
    }
    assertFalse(new CorrelationBound(0.99).reached(product, variance, variance));
    assertTrue(new CorrelationBound(0.99).reached(product + 1, variance, variance));
    assertEquals(product / 0x1p60, (product + 1) / 0x1p60, "binary64 sees no difference");
    assertEquals(
        99 * (variance / 100) + 99 * (variance % 100) / 100, product, "floor(0.99 * 2^60)");
  }

  @Test
  void correlationOneIsReachedByItself() {
    CorrelationBound one = new CorrelationBound(1);
    assertTrue(one.reached(123456789, 123456789, 123456789));
    assertFalse(one.reached(123456788, 123456789, 123456789));
  }

  @Test
  void boundsOutsideAreRefused() {
    for (double value : new double[] {0, -0.5, 1.01, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> new CorrelationBound(value));
    }
  }
}
