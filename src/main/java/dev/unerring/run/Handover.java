// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.base.JsonFields;
import dev.unerring.correct.Kept;
import dev.unerring.errors.ErrorList;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Network;
import dev.unerring.train.Adam;
import dev.unerring.train.EpochRow;
import dev.unerring.train.Keeper;
import dev.unerring.train.TrainingResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What training hands over to correction.
 *
 * @param training what training did
 * @param bestSaved whether the model of the best epoch is saved
 * @param found training errors; empty where a stop left no time to count them
 * @param weightsSha256 hash of the weights
 */
record Handover(
    TrainingResult training, boolean bestSaved, Optional<ErrorList> found, String weightsSha256) {
  private static final String KEY = "trained";

  /** That of a run which goes on in its correction; empty for others. */
  static Optional<Handover> kept(Keeper keeper) {
    return keeper
        .kept()
        .filter(checkpoint -> checkpoint.facts().has(KEY))
        .map(checkpoint -> read(checkpoint.facts().object(KEY)));
  }

  private static Handover read(JsonFields json) {
    TrainingResult training =
        new TrainingResult(
            json.objects("rows").stream().map(EpochRow::of).toList(),
            json.integer("steps"),
            Optional.empty(),
            json.small("bestEpoch"),
            null,
            Kept.endedBy(json.text("endedBy")));
    return new Handover(
        training,
        json.flag("bestSaved"),
        json.optional("found").map(Kept::errors),
        json.text("weightsSha256"));
  }

  private Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("rows", training.rows().stream().map(EpochRow::kept).toList());
    json.put("steps", training.steps());
    json.put("bestEpoch", training.bestEpoch());
    json.put("endedBy", training.endedBy().toString());
    json.put("bestSaved", bestSaved);
    json.put("weightsSha256", weightsSha256);
    found.ifPresent(errors -> json.put("found", Kept.json(errors)));
    return json;
  }

  /** The keeper of the correction: its checkpoints hold this, too. */
  Keeper correcting(Keeper keeper) {
    return new Keeper() {
      @Override
      public boolean due() {
        return keeper.due();
      }

      @Override
      public void keep(Checkpoint checkpoint) {
        keeper.keep(checkpoint.put(KEY, toJson()));
      }

      @Override
      public Optional<Checkpoint> kept() {
        return keeper.kept();
      }

      @Override
      public void event(Map<String, Object> event, Network network, Optional<Adam> optimiser) {
        keeper.event(event, network, optimiser);
      }
    };
  }
}
