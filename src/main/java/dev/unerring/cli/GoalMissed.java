// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.run.RunResult;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is said of a run that ended above its floor: how, what holds it up, and what to do. */
final class GoalMissed {
  /** Samples or groups that are named; result.json has all. */
  private static final int SHOWN = 20;

  private final RunResult result;
  private final Map<String, Object> json;

  private GoalMissed(RunResult result) {
    this.result = result;
    this.json = result.json();
  }

  /** Of a training. */
  static String train(RunResult result) {
    GoalMissed missed = new GoalMissed(result);
    return missed.state() + "; " + missed.afterTraining() + ", or see 'unerring errors'";
  }

  /** How far a re-check came that was not finished, after "not". */
  static String recheck(RunResult result) {
    Map<?, ?> recheck = (Map<?, ?>) result.json().get("recheck");
    return "counted again from the saved model ("
        + recheck.get("endedBy")
        + " after "
        + recheck.get("images")
        + " of "
        + recheck.get("of")
        + " images)";
  }

  /** Of a run that Ctrl-C ended: which model is there. */
  static String interrupted(RunResult result) {
    if (result.goalReached()) {
      return "unerring: interrupted when all was done; everything is saved in " + result.folder();
    }
    boolean begun = !((List<?>) result.json().get("corrections")).isEmpty();
    String model =
        switch ((String) result.json().get("model")) {
          case "best validation epoch" -> "the best validation epoch so far";
          case "last step" ->
              begun
                  ? "the model before correction, which gained nothing,"
                  : "the model after the last step";
          default -> "the best model so far";
        };
    return "unerring: interrupted; "
        + model
        + " is in "
        + result.folder()
        + (result.rechecked() ? "" : ", not " + recheck(result))
        + "; to go on: unerring correct --run "
        + result.folder();
  }

  /**
   * Of a later correction.
   *
   * @param run name of the run that was to be corrected
   */
  static String correct(RunResult result, String run) {
    GoalMissed missed = new GoalMissed(result);
    String kept = "; no new version is written and " + run + " is as it was";
    return missed.state() + kept + missed.afterCorrection();
  }

  private String state() {
    return "unerring: "
        + errors()
        + ", the floor is "
        + result.floor()
        + " (ended by: "
        + result.endedBy()
        + ")"
        + plateau()
        + preprocessing();
  }

  private String errors() {
    if (result.trainErrors() == RunResult.NOT_COUNTED) {
      return "the training errors are not counted";
    }
    String are =
        result.trainErrors() == 1 ? " training error is left" : " training errors are left";
    return result.trainErrors() + are + (result.rechecked() ? "" : ", not " + recheck(result));
  }

  /** The samples that the last corrector could not hold. */
  private String plateau() {
    List<?> corrections = (List<?>) json.get("corrections");
    List<?> samples =
        corrections.isEmpty()
            ? List.of()
            : (List<?>) ((Map<?, ?>) corrections.getLast()).get("plateau");
    String named =
        samples.stream().limit(SHOWN).map(n -> "#" + n).collect(Collectors.joining(", "));
    return samples.isEmpty() ? "" : ", held up by training samples " + named + more(samples);
  }

  /** The images that the network cannot tell apart. */
  private String preprocessing() {
    if (!(json.get("madeEqualByPreprocessing") instanceof List<?> groups)) {
      return "";
    }
    String named =
        groups.stream()
            .limit(SHOWN)
            .map(group ->
                ((List<?>) group).stream().map(n -> "#" + n).collect(Collectors.joining(" = ")))
            .collect(Collectors.joining(", "));
    return ", "
        + preprocessedFloor()
        + " without patches, since its scaling makes training samples"
        + " equal: "
        + named
        + more(groups);
  }

  private static String more(List<?> all) {
    return all.size() > SHOWN ? " and " + (all.size() - SHOWN) + " more" : "";
  }

  private long preprocessedFloor() {
    return (Long) json.get("floorAfterPreprocessing");
  }

  private String afterTraining() {
    String correct = "unerring correct --run " + result.folder();
    boolean untouched = ((List<?>) json.get("corrections")).isEmpty();
    boolean patches = !result.endedBy().equals("too-large");
    boolean atOwnFloor = result.trainErrors() <= preprocessedFloor();
    if (patches && preprocessedFloor() > result.floor() && atOwnFloor) {
      return "only patches can go on: " + correct + " --corrector patch";
    }
    return switch (result.endedBy()) {
      case "time" -> "give more --max-time, or go on: " + correct;
      case "too-large" -> "too many errors for patches: give more --epochs";
      case "non-finite" -> "lower --lr";
      case "prime" -> "lower --prime-to, or correct it: " + correct;
      default ->
          (untouched ? "give more --epochs, or correct it: " : "let all correctors go on: ")
              + correct
              + (untouched ? "" : " --corrector auto");
    };
  }

  private String afterCorrection() {
    return switch (result.endedBy()) {
      case "interrupt" -> "";
      case "time" -> "; give more --max-time";
      case "too-large" -> "; too many errors for patches: train longer first";
      default -> "; --corrector auto ends at the floor, with patches where nothing else does";
    };
  }
}
