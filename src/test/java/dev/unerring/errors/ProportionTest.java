// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Limits are those of SciPy, and those that the definition of an exact interval asks for. */
class ProportionTest {
  /** Both are solved to the last digits; 1 - limit and a sum of 2,000 terms cost the rest. */
  private static final double NEAR = 1e-9;

  /** {@code scipy.stats.binomtest(k, n).proportion_ci(0.95, 'exact')} of SciPy 1.17.1. */
  private static final double[][] SCIPY = {
    {0, 1, 0.0, 0.975},
    {1, 1, 0.025000000000000022, 1.0},
    {0, 3, 0.0, 0.7075982261787133},
    {3, 3, 0.2924017738212867, 1.0},
    {0, 156, 0.0, 0.023369271591101658},
    {156, 156, 0.9766307284088988, 1.0},
    {1, 156, 0.00016228047243537917, 0.03519670071481159},
    {22, 156, 0.0905383541217632, 0.20569564217172273},
    {134, 156, 0.7943043578282774, 0.9094616458782367},
    {1, 2, 0.01257911709367899, 0.987420882906321},
    {7, 20, 0.1539092047845412, 0.5921885345328283},
    {19, 41, 0.30655943285140136, 0.625751571686252},
    {20, 41, 0.3287790357712738, 0.6486576061825841},
    {0, 1188, 0.0, 0.0031003014945539136},
    {1187, 1188, 0.9953190784094444, 0.9999786889409013},
    {5, 1000, 0.001625419517373302, 0.011629470559812206},
    {500, 1000, 0.46854917297179194, 0.531450827028208},
    {999, 1000, 0.9944410757201502, 0.9999746825125083},
    {3, 165466, 3.738983884494234e-06, 5.29844213606392e-05},
    {82733, 165466, 0.49758784662751915, 0.5024121533724809},
    {165466, 165466, 0.9999777063666532, 1.0},
    {165465, 165466, 0.9999663280285829, 0.9999998469908863},
    {0, 165466, 0.0, 2.229363334687662e-05},
  };

  @Test
  void limitsAreThoseOfSciPy() {
    for (double[] row : SCIPY) {
      Proportion found = Proportion.of((int) row[0], (int) row[1]);
      String which = (int) row[0] + " of " + (int) row[1];
      assertEquals(row[2], found.low(), NEAR, which);
      assertEquals(row[3], found.high(), NEAR, which);
      assertEquals(row[0] / row[1], found.share(), which);
    }
  }

  @Test
  void noneAndAllHaveTheLimitsOfTheFormula() {
    for (int n = 1; n <= 200; n++) {
      double limit = 1.0 - StrictMath.pow(0.025, 1.0 / n);
      Proportion none = Proportion.of(0, n);
      assertEquals(0.0, none.low());
      assertEquals(limit, none.high(), 1e-13, "0 of " + n);
      assertEquals(1.0 - limit, Proportion.of(n, n).low(), 1e-13, n + " of " + n);
      assertEquals(1.0, Proportion.of(n, n).high());
    }
  }

  @Test
  void limitsGrowWithTheCount() {
    for (int k = 1; k <= 300; k++) {
      Proportion less = Proportion.of(k - 1, 300);
      Proportion more = Proportion.of(k, 300);
      assertTrue(less.low() < more.low() && less.high() < more.high(), k + " of 300");
      assertTrue(more.low() < more.share() && less.high() > less.share(), k + " of 300");
    }
  }

  @Test
  void nothingOfNothingSaysNothing() {
    Proportion nothing = Proportion.of(0, 0);
    assertEquals(0.0, nothing.low());
    assertEquals(1.0, nothing.high());
    assertTrue(Double.isNaN(nothing.share()));
    assertEquals("-", nothing.toText());
    assertNull(nothing.toJson().get("share"));
  }

  @Test
  void whatIsNoCountIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Proportion.of(3, 2));
    assertThrows(IllegalArgumentException.class, () -> Proportion.of(-1, 2));
  }

  @Test
  void theTextHasTheShareAndTheLimits() {
    assertEquals("0.128 [0.080, 0.191]", Proportion.of(20, 156).toText());
  }
}
