// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.LONG;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.oneOf;

import dev.unerring.base.JsonForm;
import java.util.Optional;

/**
 * The model of a run.
 *
 * @param architecture name of the network
 * @param kind which weights were kept
 * @param parameters number of trained values
 * @param seed of every random number
 */
public record ModelFacts(String architecture, Kind kind, long parameters, long seed) {

  /** Which weights a run kept. */
  public enum Kind {
    /** Those of the last training step. */
    LAST_STEP("last step"),
    /** Those that correction ended with. */
    CORRECTED("corrected"),
    /** Those of the epoch with the best validation AUC: a base line. */
    BEST_VALIDATION("best validation epoch"),
    /** Those of the version before, unchanged. */
    PARENT("that of the version before");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  static ModelFacts form(JsonForm f, ModelFacts v) {
    return new ModelFacts(
        f.value("arch", TEXT, () -> v.architecture),
        f.value("model", oneOf(Kind.values(), Optional.empty()), () -> v.kind),
        f.value("parameters", LONG, () -> v.parameters),
        f.value("seed", LONG, () -> v.seed));
  }
}
