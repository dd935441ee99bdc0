// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

/**
 * Whether a run may go on in its folder, and how often it keeps a checkpoint there.
 *
 * @param resume whether a run that is in the folder goes on; else the folder must be new or empty
 * @param every nanoseconds between two checkpoints; 0 for as often as takes a fiftieth of the time
 */
public record Keeping(boolean resume, long every) {
  /** A new run. */
  public static final Keeping NEW = new Keeping(false, 0);
}
