package dev.unerring.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a run ended.
 *
 * @param folder where its files are
 * @param json the object of result.json, in reading order
 * @param trainErrors errors on the training set, counted on the re-read model and data
 * @param floor least number the data allow
 * @param conflicts lines on the groups of identical images with different labels
 * @param endedBy floor, epochs, how the last corrector ended (see CorrectionResult), or the reason
 *     of a stop from outside
 */
public record RunResult(
    Path folder,
    Map<String, Object> json,
    int trainErrors,
    int floor,
    List<String> conflicts,
    String endedBy) {

  /** Whether the errors are at the floor. */
  public boolean goalReached() {
    return trainErrors <= floor;
  }
}
