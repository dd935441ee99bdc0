// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a corrector did.
 *
 * @param corrector its name
 * @param errorsBefore decisions that missed their goalLabel at the start
 * @param errorsAfter the same at the end
 * @param rounds its rounds or sessions
 * @param steps optimiser steps in all
 * @param endedBy floor, rounds, plateau, sessions, no-correct-sample, too-large, or the reason of a
 *     stop from outside
 * @param plateau samples that the last failed round could not hold, empty otherwise
 */
public record CorrectionResult(
    String corrector,
    int errorsBefore,
    int errorsAfter,
    List<CorrectionRound> rounds,
    long steps,
    String endedBy,
    List<Integer> plateau) {

  /** As in result.json; the rounds themselves stand in corrections.csv. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("corrector", corrector);
    json.put("errorsBefore", (long) errorsBefore);
    json.put("errorsAfter", (long) errorsAfter);
    json.put("rounds", (long) rounds.size());
    json.put("steps", steps);
    json.put("endedBy", endedBy);
    json.put("plateau", plateau.stream().map(n -> (Object) (long) n).toList());
    return json;
  }
}
