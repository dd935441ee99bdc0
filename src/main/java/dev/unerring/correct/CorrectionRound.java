package dev.unerring.correct;

/**
 * One session of the corrector, a line of corrections.csv.
 *
 * @param round from 1
 * @param t position between auxiliary (0) and original images (1)
 * @param dt advance that led to t
 * @param sweeps passes over the training set
 * @param steps optimiser steps
 * @param errors samples of H(t) that miss their goalLabel at the end of the session
 * @param accepted whether there were none
 */
public record CorrectionRound(
    int round, double t, double dt, int sweeps, long steps, int errors, boolean accepted) {}
