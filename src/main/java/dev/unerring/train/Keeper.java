// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.network.Checkpoint;
import dev.unerring.network.Network;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps what a run needs to go on after an end that nobody planned, and the record of what it did.
 * Nothing of it changes bits.
 */
public interface Keeper {
  /** Keeps nothing. */
  Keeper NONE = new Keeper() {};

  /** Whether a checkpoint is wanted now; asked after every step. */
  default boolean due() {
    return false;
  }

  /** Keeps a checkpoint, from which a later run goes on. */
  default void keep(Checkpoint checkpoint) {}

  /** Where to go on; empty to begin. */
  default Optional<Checkpoint> kept() {
    return Optional.empty();
  }

  /**
   * Records what plan, data and code alone decide.
   *
   * @param event its facts
   * @param network as it is then
   * @param optimiser of the next step; empty where none follows
   */
  default void event(Map<String, Object> event, Network network, Optional<Adam> optimiser) {}
}
