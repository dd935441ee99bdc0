// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.EndedBy;
import dev.unerring.report.RunReport;
import dev.unerring.report.TrainErrors.Recheck;
import dev.unerring.run.RunResult;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What is said of a run that ended above its floor: how, what holds it up, and what to do. */
final class GoalMissed {
  /** Samples or groups that are named; result.json has all. */
  private static final int SHOWN = 20;

  private final Path folder;
  private final RunReport report;

  private GoalMissed(RunResult result) {
    this.folder = result.folder();
    this.report = result.report();
  }

  /** Of a training. */
  static String train(RunResult result) {
    GoalMissed missed = new GoalMissed(result);
    return missed.state() + "; " + missed.afterTraining() + ", or see 'unerring errors'";
  }

  /** How far a re-check came that was not finished, after "not". */
  static String recheck(RunReport report) {
    Recheck recheck = report.train().recheck();
    return "counted again from the saved model ("
        + recheck.endedBy().orElseThrow()
        + " after "
        + recheck.images()
        + " of "
        + recheck.of()
        + " images)";
  }

  /**
   * Of a run that Ctrl-C ended: which model is there.
   *
   * @param goOn command that goes on
   */
  static String interrupted(RunResult result, String goOn) {
    if (result.goalReached()) {
      return "unerring: interrupted when all was done; everything is saved in " + result.folder();
    }
    RunReport report = result.report();
    boolean begun = !report.work().corrections().isEmpty();
    String model =
        switch (report.model().kind()) {
          case BEST_VALIDATION -> "the best validation epoch so far";
          case LAST_STEP ->
              begun
                  ? "the model before correction, which gained nothing,"
                  : "the model after the last step";
          case CORRECTED, PARENT -> "the best model so far";
        };
    return "unerring: interrupted; "
        + model
        + " is in "
        + result.folder()
        + (report.rechecked() ? "" : ", not " + recheck(report))
        + "; to go on: "
        + goOn;
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
        + report.train().floor()
        + " (ended by: "
        + report.endedBy()
        + ")"
        + plateau()
        + preprocessing();
  }

  private String errors() {
    if (report.train().errors().isEmpty()) {
      return "the training errors are not counted";
    }
    int errors = report.train().errors().get();
    return errors
        + (errors == 1 ? " training error is left" : " training errors are left")
        + (report.rechecked() ? "" : ", not " + recheck(report));
  }

  /** The samples that the last corrector could not hold. */
  private String plateau() {
    List<Integer> samples = report.work().plateau();
    String named =
        samples.stream().limit(SHOWN).map(n -> "#" + n).collect(Collectors.joining(", "));
    return samples.isEmpty() ? "" : ", held up by training samples " + named + more(samples);
  }

  /** The images that the network cannot tell apart. */
  private String preprocessing() {
    List<List<Integer>> groups = report.train().madeEqual();
    if (groups.isEmpty()) {
      return "";
    }
    String named =
        groups.stream()
            .limit(SHOWN)
            .map(group -> group.stream().map(n -> "#" + n).collect(Collectors.joining(" = ")))
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

  private int preprocessedFloor() {
    return report.train().floorAfterPreprocessing();
  }

  private String afterTraining() {
    String correct = "unerring correct --run " + folder;
    boolean untouched = report.work().corrections().isEmpty();
    boolean patches = report.endedBy() != EndedBy.TOO_LARGE;
    boolean atOwnFloor =
        report.train().errors().isPresent() && report.train().errors().get() <= preprocessedFloor();
    if (patches && preprocessedFloor() > report.train().floor() && atOwnFloor) {
      return "only patches can go on: " + correct + " --corrector patch";
    }
    return switch (report.endedBy()) {
      case TIME -> "give more --max-time, or go on: " + correct;
      case TOO_LARGE -> "too many errors for patches: give more --epochs";
      case NON_FINITE -> "lower --lr";
      case PRIME -> "lower --prime-to, or correct it: " + correct;
      default ->
          (untouched ? "give more --epochs, or correct it: " : "let all correctors go on: ")
              + correct
              + (untouched ? "" : " --corrector auto");
    };
  }

  private String afterCorrection() {
    return switch (report.endedBy()) {
      case STOP -> "";
      case TIME -> "; give more --max-time";
      case TOO_LARGE -> "; too many errors for patches: train longer first";
      default -> "; --corrector auto ends at the floor, with patches where nothing else does";
    };
  }
}
