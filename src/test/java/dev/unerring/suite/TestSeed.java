// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

/** The seed of every drawn test value: fixed, or the one of {@code -Dtest.seed=}. */
public final class TestSeed {
  /** The seed in use. */
  public static final long VALUE = Long.getLong("test.seed", 20_250_131L);

  private TestSeed() {}

  /** What a failure message says about it. */
  public static String replay() {
    return "replay with -Dtest.seed=" + VALUE;
  }
}
