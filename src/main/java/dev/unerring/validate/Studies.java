// SPDX-License-Identifier: Apache-2.0
package dev.unerring.validate;

import dev.unerring.DataException;
import dev.unerring.robustness.Enumerated;
import java.util.List;
import java.util.Map;

/** The studies by name. */
public final class Studies {
  private Studies() {}

  /**
   * What is said of the finished samples of a study.
   *
   * @param choices of the study, as its journal has them
   * @param records by sampleIndex, ascending
   * @throws DataException where no study has this name, or a record is not of it
   */
  public static Study.Outcome outcome(String study, Map<?, ?> choices, List<Map<?, ?>> records) {
    return switch (study) {
      case EnumerateStudy.NAME ->
          EnumerateStudy.summary(records.stream().map(Enumerated::fromJson).toList());
      case CorruptStudy.NAME -> CorruptStudy.summary(records);
      case AttackStudy.NAME -> AttackStudy.summary(choices, records);
      default -> throw new DataException("no study '" + study + "'; use the version that wrote it");
    };
  }
}
