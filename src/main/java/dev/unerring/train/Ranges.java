// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.UsageException;

/** Ranges of a plan's values. */
final class Ranges {
  private Ranges() {}

  static void require(boolean holds, String key, Object value, String range) {
    if (!holds) {
      throw new UsageException("plan", "the plan's " + key + " is " + range + ", not " + value);
    }
  }
}
