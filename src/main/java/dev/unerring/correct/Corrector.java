// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.network.Network;

/**
 * Drives the training errors of a network down. Bounded in steps; looks at training data only;
 * never edits a label, never leaves a network that is worse than the one it found: more errors, or
 * with costs a greater cost.
 */
public interface Corrector {
  /** Name in plans, corrections.csv and result.json. */
  String name();

  /**
   * Corrects the network in place; at the end it holds the best accepted state, also where a
   * monitor or an error ends it by an exception.
   *
   * @throws dev.unerring.StoppedException where it is stopped before its first count is done; the
   *     network is as it was
   */
  CorrectionResult correct(Network network);
}
