// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

/** Which statistics batch norm uses. */
public enum Mode {
  /** Those of the batch; they wait in the layer until they are committed to the running ones. */
  BATCH_STATISTICS,

  /** The running ones, as constants: evaluation, and training with batch norm frozen. */
  RUNNING_STATISTICS
}
