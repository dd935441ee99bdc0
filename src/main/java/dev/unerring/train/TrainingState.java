// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.base.JsonFields;
import dev.unerring.errors.ErrorList;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where training stands between two steps, beside the network and the optimiser. */
final class TrainingState {
  /** Stage of the checkpoints of training. */
  static final String STAGE = "train";

  private static final String NETWORK = "network.";
  private static final String BEST = "best.";

  int epoch = 1;

  /** Steps of this epoch that are taken, and the sum of their losses. */
  int step;

  double lossSum;
  long steps;
  final List<EpochRow> rows = new ArrayList<>();
  StoredTensors best;
  int bestEpoch;
  double bestAuc = Double.NEGATIVE_INFINITY;

  /** At the last count; -1 before the first. */
  int errors = -1;

  /** Errors of the weights as they are; empty where they are not counted. */
  Optional<ErrorList> last = Optional.empty();

  int fewest = Integer.MAX_VALUE;

  /** Epoch of the last count with fewer errors than all before. */
  int gained;

  /** The end of this epoch's count; the steps of the next one are still to take. */
  void count(EpochRow row, Network network) {
    errors = row.trainErrors();
    rows.add(row);
    if (row.valAuc() > bestAuc) {
      bestAuc = row.valAuc();
      bestEpoch = epoch;
      best = StoredTensors.of(network, best);
    }
    gained = errors < fewest ? epoch : gained;
    fewest = Math.min(errors, fewest);
    step = 0;
    lossSum = 0.0;
  }

  /** Everything that training needs to go on from here. */
  Checkpoint keep(Network network, Adam adam, SampleWeights weights) {
    Checkpoint checkpoint = new Checkpoint();
    checkpoint
        .put("stage", STAGE)
        .put("epoch", epoch)
        .put("step", step)
        .put("lossSum", Checkpoint.bits(lossSum))
        .put("steps", steps)
        .put("errors", errors)
        .put("fewest", fewest)
        .put("gained", gained)
        .put("bestEpoch", bestEpoch)
        .put("bestAuc", Checkpoint.bits(bestAuc))
        .put("neverMissFactor", Checkpoint.bits(weights.factor()))
        .put("rows", rows.stream().map(EpochRow::kept).toList());
    checkpoint.put(NETWORK, network);
    adam.keep(checkpoint);
    if (best != null) {
      checkpoint.put(BEST, best);
    }
    return checkpoint;
  }

  /** Whether a checkpoint is of training. */
  static boolean in(Checkpoint checkpoint) {
    return checkpoint.facts().text("stage", "").equals(STAGE);
  }

  /** Goes on where {@link #keep} was. */
  static TrainingState resume(
      Checkpoint checkpoint, Network network, Adam adam, SampleWeights weights) {
    JsonFields facts = checkpoint.facts();
    TrainingState state = new TrainingState();
    state.epoch = facts.small("epoch");
    state.step = facts.small("step");
    state.lossSum = Checkpoint.real(facts.text("lossSum"));
    state.steps = facts.integer("steps");
    state.errors = facts.small("errors");
    state.fewest = facts.small("fewest");
    state.gained = facts.small("gained");
    state.bestEpoch = facts.small("bestEpoch");
    state.bestAuc = Checkpoint.real(facts.text("bestAuc"));
    weights.resume(Checkpoint.real(facts.text("neverMissFactor")));
    facts.objects("rows").forEach(row -> state.rows.add(EpochRow.of(row)));
    checkpoint.restore(NETWORK, network);
    adam.resume(checkpoint);
    state.best = state.bestEpoch == 0 ? null : checkpoint.tensors(BEST, network);
    return state;
  }
}
