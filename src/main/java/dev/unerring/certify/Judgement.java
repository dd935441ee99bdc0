// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certify;

import java.util.List;

/**
 * A {@link Recheck} with the logits that it counted.
 *
 * @param architecture of the model
 * @param recheck the counts
 * @param logits of train, val and test, each [samples][classes]
 */
public record Judgement(String architecture, Recheck recheck, List<float[]> logits) {
  /** Takes a copy of the list. */
  public Judgement {
    logits = List.copyOf(logits);
  }
}
