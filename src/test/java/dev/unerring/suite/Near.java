// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** Comparison of float32 results with binary64 values under a bound for each element. */
final class Near {
  private Near() {}

  /** Fails at the first element outside its bound; returns the largest share of a bound used. */
  static double check(String what, double[] wanted, float[] found, double[] bounds) {
    assertEquals(wanted.length, found.length, what);
    double share = 0;
    for (int i = 0; i < wanted.length; i++) {
      double error = Math.abs(wanted[i] - found[i]);
      if (!(error <= bounds[i])) {
        fail(
            what
                + " at "
                + i
                + ": "
                + found[i]
                + ", wanted "
                + wanted[i]
                + ", error "
                + error
                + ", bound "
                + bounds[i]
                + "; "
                + TestSeed.replay());
      }
      share = Math.max(share, error / bounds[i]);
    }
    return share;
  }
}
