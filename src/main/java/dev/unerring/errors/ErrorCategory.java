// SPDX-License-Identifier: Apache-2.0
package dev.unerring.errors;

import java.util.Locale;

/** Why a sample may be wrong; the first that applies, in this order. */
public enum ErrorCategory {
  /** A byte-identical training image carries another label. */
  IDENTICAL_IMAGE,

  /** All pixels have one value. */
  DEGENERATE_IMAGE,

  /** The given label misses the largest other logit by at most {@link Categorizer#THIN}. */
  THIN_MARGIN,

  /**
   * A training image of the predicted class has a normalised correlation of at least {@link
   * Categorizer#NEAR} with it.
   */
  NEAR_PREDICTED_CLASS,

  /** None of the first three, and not compared with other images: too many errors, or no time. */
  NOT_SEARCHED,

  /** None of these. */
  OTHER;

  /** Name in errors.csv. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
