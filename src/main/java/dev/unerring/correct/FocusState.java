// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.base.JsonFields;
import dev.unerring.errors.ErrorList;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Where {@link Focus} stands between two sweeps, beside the network and the optimiser. */
final class FocusState {
  private static final String KEY = "focus";
  private static final String BEST = "best.";

  final List<CorrectionRound> rounds = new ArrayList<>();

  /** Samples that a count has found wrong. */
  final SortedSet<Integer> weighted = new TreeSet<>();

  int passes;

  /** Errors at the start, at the last count, and at the best moment. */
  final ErrorList before;

  ErrorList left;
  ErrorList fewest;
  StoredTensors best;

  /** Errors from which the next gain is measured. */
  ErrorList mark;

  double rate;
  int withoutGain;

  // of the round that is under way
  ErrorList atStart;
  long stepsBefore;
  int sweeps;
  double firstLoss;
  double loss;

  /** The start. */
  FocusState(ErrorList before, Network network, double rate) {
    this(before, StoredTensors.of(network), rate);
  }

  private FocusState(ErrorList before, StoredTensors best, double rate) {
    this.before = before;
    this.left = before;
    this.fewest = before;
    this.mark = before;
    this.best = best;
    this.rate = rate;
  }

  /** A new round. */
  void begin(long steps) {
    atStart = fewest;
    stepsBefore = steps;
    sweeps = 0;
    firstLoss = Double.NaN;
    loss = 0.0;
  }

  /** Whether a checkpoint is of this corrector, not of the moment before it. */
  static boolean in(Checkpoint checkpoint) {
    return checkpoint.facts().has(KEY);
  }

  /** Adds the state to a checkpoint. */
  Checkpoint keep(FrozenTraining training) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rounds", rounds.stream().map(Kept::json).toList());
    json.put("weighted", List.copyOf(weighted));
    json.put("passes", passes);
    json.put("before", Kept.json(before));
    json.put("left", Kept.json(left));
    json.put("fewest", Kept.json(fewest));
    json.put("mark", Kept.json(mark));
    json.put("atStart", Kept.json(atStart));
    json.put("rate", Checkpoint.bits(rate));
    json.put("withoutGain", withoutGain);
    json.put("stepsBefore", stepsBefore);
    json.put("sweeps", sweeps);
    json.put("firstLoss", Checkpoint.bits(firstLoss));
    json.put("loss", Checkpoint.bits(loss));
    Checkpoint checkpoint = new Checkpoint().put(KEY, json);
    checkpoint.put(BEST, best);
    training.keep(checkpoint);
    return checkpoint;
  }

  /** Goes on where {@link #keep} was. */
  static FocusState resume(Checkpoint checkpoint, Network network, FrozenTraining training) {
    JsonFields json = checkpoint.facts().object(KEY);
    ErrorList before = Kept.errors(json.object("before"));
    StoredTensors best = checkpoint.tensors(BEST, network);
    FocusState state = new FocusState(before, best, Checkpoint.real(json.text("rate")));
    state.rounds.addAll(Kept.rounds(json));
    state.weighted.addAll(json.smalls("weighted"));
    state.passes = json.small("passes");
    state.left = Kept.errors(json.object("left"));
    state.fewest = Kept.errors(json.object("fewest"));
    state.mark = Kept.errors(json.object("mark"));
    state.atStart = Kept.errors(json.object("atStart"));
    state.withoutGain = json.small("withoutGain");
    state.stepsBefore = json.integer("stepsBefore");
    state.sweeps = json.small("sweeps");
    state.firstLoss = Checkpoint.real(json.text("firstLoss"));
    state.loss = Checkpoint.real(json.text("loss"));
    training.resume(checkpoint);
    return state;
  }
}
