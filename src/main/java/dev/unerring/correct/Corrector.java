package dev.unerring.correct;

import dev.unerring.network.Network;

/** Drives the training errors of a network down. Bounded; never edits a label. */
public interface Corrector {
  /** Corrects the network in place; at the end it holds the best accepted weights. */
  CorrectionResult correct(Network network);
}
