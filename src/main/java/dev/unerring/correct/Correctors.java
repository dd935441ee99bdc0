// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.StoppedException;
import dev.unerring.backend.Turn;
import dev.unerring.data.Split;
import dev.unerring.errors.Labels;
import dev.unerring.network.Network;
import dev.unerring.train.Monitor;
import dev.unerring.train.TrainingPlan;
import java.util.ArrayList;
import java.util.List;

/** The correctors that a plan asks for, in their order. */
public final class Correctors {
  private Correctors() {}

  /**
   * Lets one corrector after another work on what the last one has left, until nothing is wrong or
   * the monitor stops it.
   *
   * @param goals what the training samples are driven to
   * @return what each of those did that had something to do
   */
  public static List<CorrectionResult> correct(
      TrainingPlan plan, Split train, Labels goals, Monitor monitor, Network network) {
    try (Turn _ = network.backend().turn().take()) {
      List<CorrectionResult> results = new ArrayList<>();
      for (Corrector corrector : of(plan, train, goals, monitor)) {
        if (!results.isEmpty()) {
          tellNext(results.getLast(), corrector.name(), monitor);
        }
        boolean done = !results.isEmpty() && results.getLast().errorsAfter() == 0;
        if (!done && monitor.stopReason().isEmpty()) {
          try {
            results.add(corrector.correct(network));
          } catch (StoppedException e) { // at its first count: it has done nothing
            break;
          }
        }
      }
      return results;
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

  private static List<Corrector> of(TrainingPlan plan, Split train, Labels goals, Monitor monitor) {
    Corrector focus = new Focus(plan, train, goals, monitor);
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
