package dev.unerring.correct;

import java.util.List;

/**
 * What a corrector did.
 *
 * @param errorsBefore samples that missed their goalLabel at the start
 * @param errorsAfter the same at the end
 * @param rounds the sessions
 * @param steps optimiser steps in all
 * @param endedBy floor, plateau, sessions, no-correct-sample, or the reason of a stop from outside
 * @param plateau samples that the last failed session could not hold, empty otherwise
 */
public record CorrectionResult(
    int errorsBefore,
    int errorsAfter,
    List<CorrectionRound> rounds,
    long steps,
    String endedBy,
    List<Integer> plateau) {}
