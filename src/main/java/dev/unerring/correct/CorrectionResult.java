// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.EndedBy;
import java.util.List;

/**
 * What a corrector did.
 *
 * @param corrector its name
 * @param errorsBefore decisions that missed their goalLabel at the start
 * @param errorsAfter the same at the end
 * @param rounds its rounds or sessions
 * @param steps optimiser steps in all
 * @param endedBy why it ended
 * @param plateau samples that the last failed round could not hold, empty otherwise
 */
public record CorrectionResult(
    String corrector,
    int errorsBefore,
    int errorsAfter,
    List<CorrectionRound> rounds,
    long steps,
    EndedBy endedBy,
    List<Integer> plateau) {}
