// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.StoppedException;
import dev.unerring.backend.Turn;
import dev.unerring.data.Split;
import dev.unerring.errors.Labels;
import dev.unerring.network.Checkpoint;
import dev.unerring.network.Network;
import dev.unerring.train.Keeper;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The correctors that a plan asks for, in their order. */
public final class Correctors {
  private static final String RESULTS = "corrected";
  private static final String NETWORK = "network.";

  private Correctors() {}

  /** The same without checkpoints. */
  public static List<CorrectionResult> correct(
      TrainingPlan plan, Split train, Labels goals, Monitor monitor, Network network) {
    return correct(plan, train, goals, monitor, network, Keeper.NONE);
  }

  /**
   * Lets one corrector after another work on what the last one has left, until nothing is wrong or
   * the monitor stops it.
   *
   * @param goals what the training samples are driven to
   * @param keeper asked where to go on: within focus, or at the start of another corrector
   * @return what each of those did that had something to do
   */
  public static List<CorrectionResult> correct(
      TrainingPlan plan,
      Split train,
      Labels goals,
      Monitor monitor,
      Network network,
      Keeper keeper) {
    try (Turn _ = network.backend().turn().take()) {
      Started keeping = new Started(keeper, network);
      List<CorrectionResult> results = keeping.results;
      List<Corrector> all = of(plan, train, goals, monitor, keeping);
      for (Corrector corrector : all.subList(results.size(), all.size())) {
        if (!results.isEmpty()) {
          tellNext(results.getLast(), corrector.name(), monitor);
        }
        boolean done = !results.isEmpty() && results.getLast().errorsAfter() == 0;
        if (!done && monitor.stopReason().isEmpty()) {
          keeping.start();
          try {
            results.add(corrector.correct(network));
          } catch (StoppedException e) { // at its first count: it has done nothing
            break;
          }
          if (monitor.stopReason().isEmpty()) {
            keeper.event(event(results.getLast()), network, Optional.empty());
          }
        }
      }
      return results;
    }
  }

  private static Map<String, Object> event(CorrectionResult result) {
    Map<String, Object> event = Kept.json(result);
    event.put("event", "correction");
    return event;
  }

  /** Adds to every checkpoint what the correctors before this one did. */
  private static final class Started implements Keeper {
    private final Keeper keeper;
    private final Network network;
    private final List<CorrectionResult> results = new ArrayList<>();
    private Optional<Checkpoint> kept;

    /** Goes on after the results of a checkpoint. */
    Started(Keeper keeper, Network network) {
      this.keeper = keeper;
      this.network = network;
      this.kept = keeper.kept().filter(each -> each.facts().has(RESULTS));
      kept.ifPresent(checkpoint -> {
        checkpoint.facts().objects(RESULTS).forEach(json -> results.add(Kept.result(json)));
        checkpoint.restore(NETWORK, network);
      });
    }

    /** Keeps the network at the start of a corrector that does not go on itself. */
    void start() {
      if (kept.isEmpty() && keeper.due()) {
        Checkpoint checkpoint = new Checkpoint();
        checkpoint.put(NETWORK, network);
        keep(checkpoint);
      }
    }

    @Override
    public boolean due() {
      return keeper.due();
    }

    @Override
    public void keep(Checkpoint checkpoint) {
      keeper.keep(checkpoint.put(RESULTS, results.stream().map(Kept::json).toList()));
    }

    /** Once: what comes after the corrector that goes on begins anew. */
    @Override
    public Optional<Checkpoint> kept() {
      Optional<Checkpoint> once = kept;
      kept = Optional.empty();
      return once;
    }
  }

  private static void tellNext(CorrectionResult last, String next, Monitor monitor) {
    if (last.errorsAfter() > 0 && monitor.stopReason().isEmpty()) {
      monitor.note(
          last.corrector()
              + " gives up ("
              + last.endedBy()
              + "): "
              + last.errorsBefore()
              + " missed goal labels became "
              + last.errorsAfter()
              + "; next: "
              + next);
    }
  }

  private static List<Corrector> of(
      TrainingPlan plan, Split train, Labels goals, Monitor monitor, Keeper keeper) {
    Corrector focus = new Focus(plan, train, goals, monitor, keeper);
    Corrector tunneling = new Tunneling(plan, train, goals, monitor);
    Corrector patch = new PatchRepair(train, goals, plan.costs(), monitor);
    return switch (plan.correction().method()) {
      case AUTO -> List.of(focus, tunneling, patch);
      case FOCUS -> List.of(focus);
      case TUNNELING -> List.of(tunneling);
      case PATCH -> List.of(patch);
      case DENG_2023 -> List.of(new PublishedTunneling(plan, train, goals, monitor));
      case NONE -> List.of();
    };
  }
}
