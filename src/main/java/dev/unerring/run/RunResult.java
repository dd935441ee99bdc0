package dev.unerring.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a run ended.
 *
 * @param folder where its files are
 * @param json the object of result.json, in reading order
 * @param trainErrors errors on the training set, counted on the re-read model and data; where a
 *     stop ended that, by the run itself, or {@link #NOT_COUNTED}
 * @param floor least number the data allow
 * @param conflicts lines on the groups of identical images with different labels
 * @param baseLine whether the plan asked for a base line, and not for the floor
 * @param endedBy floor, how training ended (see TrainingResult), how the last corrector ended (see
 *     CorrectionResult), or the reason of a stop from outside
 */
public record RunResult(
    Path folder,
    Map<String, Object> json,
    int trainErrors,
    int floor,
    List<String> conflicts,
    boolean baseLine,
    String endedBy) {

  /** In place of {@link #trainErrors} where a stop left no time to count them. */
  public static final int NOT_COUNTED = -1;

  /** Whether the re-check was finished; else a stop ended it, and the figures are not its own. */
  public boolean rechecked() {
    return !(json.get("recheck") instanceof Map<?, ?> map)
        || Boolean.TRUE.equals(map.get("complete"));
  }

  /** Removes the folder, where there is one. */
  public void discard() {
    if (Files.exists(folder)) {
      new RunFolder(folder).discard();
    }
  }

  /**
   * Whether the re-check found the errors at the floor, or the base line that was asked for is
   * complete.
   */
  public boolean goalReached() {
    return rechecked() && (trainErrors <= floor || (baseLine && endedBy.equals("epochs")));
  }
}
