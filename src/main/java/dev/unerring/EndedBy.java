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
  /** A reason that this version of the interface has no name for. */
  OTHER;

  /** The reason of a word in result.json. */
  static EndedBy of(Object word) {
    String name = String.valueOf(word).toUpperCase(Locale.ROOT).replace('-', '_');
    for (EndedBy each : values()) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return name.equals("INTERRUPT") ? STOP : OTHER;
  }
}
