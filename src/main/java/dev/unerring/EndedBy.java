// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import java.util.Locale;

/** Why a run ended. */
public enum EndedBy {
  /** The training errors are at the floor: as few as the data allow. */
  FLOOR,
  /** All epochs of the plan are through. */
  EPOCHS,
  /** So few training errors are left that correction was to begin, and none followed. */
  PRIME,
  /** The number of errors did not fall any more. */
  PLATEAU,
  /** All rounds of the corrector are through. */
  ROUNDS,
  /** All sessions of the corrector are through. */
  SESSIONS,
  /** The network classifies no sample right, so that the corrector has nothing to keep. */
  NO_CORRECT_SAMPLE,
  /** The model would be too large for its file. */
  TOO_LARGE,
  /** A loss was no finite number. */
  NON_FINITE,
  /** The time was up. */
  TIME,
  /** The run was stopped. */
  STOP,
  /** Another reason, of a later version. */
  OTHER;

  /** {@return the word in result.json, such as {@code non-finite}} */
  @Override
  public String toString() {
    return this == STOP ? "interrupt" : name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
