// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.data.Dataset;
import dev.unerring.network.Network;
import dev.unerring.report.RunReport;
import dev.unerring.train.Keeper;
import dev.unerring.train.TrainingResult;
import java.util.function.LongSupplier;

/** What a run begins with: new weights that are trained, or those of an earlier version. */
interface Start {
  /** Place of the run among the versions of its model. */
  Lineage lineage();

  /** Bytes of memory that the start holds beside the data and the network of the run. */
  long memory();

  /**
   * Where the files of the run go, with room on the disk for them.
   *
   * @param network the largest that will be saved
   */
  RunFolder folder(Dataset data, Network network);

  /** One line that says what begins, after the data have been audited. */
  String introduction(Environment environment);

  /** Keeps the checkpoints and the ledger of a run in this folder. */
  default Keeper keeper(RunFolder folder, LongSupplier nanos) {
    return Keeper.NONE;
  }

  /** The run is over and its report is written. */
  default void finished(RunReport report, Keeper keeper) {}

  /**
   * Puts the weights into the network that are then judged and corrected.
   *
   * @param keeper asked where training goes on
   * @param network as it trains; its {@link Network#exact} has the same weights
   * @return the training that led there; without an epoch where there was none
   */
  TrainingResult weights(Network network, Keeper keeper);
}
