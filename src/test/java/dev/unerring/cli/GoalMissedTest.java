// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.report.RunReport;
import dev.unerring.run.RunResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a run above its floor is told fits how it ended. */
class GoalMissedTest {
  private static final String CORRECT = "unerring correct --run out";

  private final Map<String, Object> json = new LinkedHashMap<>();
  private int errors = 3;

  /** A report of a golden file with other values. */
  private RunResult ended(String endedBy, String... correctors) throws IOException {
    List<Map<String, Object>> corrections = new ArrayList<>();
    for (String corrector : correctors) {
      corrections.add(
          Map.of(
              "corrector",
              corrector,
              "errorsBefore",
              9L,
              "errorsAfter",
              3L,
              "rounds",
              1L,
              "steps",
              4L,
              "endedBy",
              endedBy,
              "plateau",
              List.of(4L, 7L)));
    }
    Path golden = Path.of("src/test/resources/golden/result-corrected.json");
    Map<String, Object> all = new LinkedHashMap<>();
    ((Map<?, ?>) Json.parse(Files.readString(golden)))
        .forEach((key, value) -> all.put((String) key, value));
    all.put("threads", 1L);
    all.put("model", "last step");
    all.put("corrections", corrections);
    all.put("trainErrors", (long) errors);
    all.put("endedBy", endedBy);
    all.putAll(json);
    return new RunResult(Path.of("out"), RunReport.fromJson(all, "golden"), List.of());
  }

  @Test
  void afterTraining() throws IOException {
    String left = "unerring: 3 training errors are left, the floor is 1 (ended by: ";
    String see = ", or see 'unerring errors'";
    assertEquals(
        left + "epochs); give more --epochs, or correct it: " + CORRECT + see,
        GoalMissed.train(ended("epochs")));
    assertEquals(
        left + "time); give more --max-time, or go on: " + CORRECT + see,
        GoalMissed.train(ended("time")));
    assertEquals(
        left + "prime); lower --prime-to, or correct it: " + CORRECT + see,
        GoalMissed.train(ended("prime")));
    assertEquals(left + "non-finite); lower --lr" + see, GoalMissed.train(ended("non-finite")));
    assertEquals(
        left
            + "plateau), held up by training samples #4, #7; let all correctors go on: "
            + CORRECT
            + " --corrector auto"
            + see,
        GoalMissed.train(ended("plateau", "tunneling")));
  }

  @Test
  void whatScalingMadeEqualIsNamedAndOnlyPatchesAreAdvised() throws IOException {
    errors = 2;
    json.put("floorAfterPreprocessing", 2L);
    json.put("madeEqualByPreprocessing", List.of(List.of(4L, 9L)));
    assertEquals(
        "unerring: 2 training errors are left, the floor is 1 (ended by: sessions), held up by"
            + " training samples #4, #7, 2 without patches, since its scaling makes training samples"
            + " equal: #4 = #9; only patches can go on: "
            + CORRECT
            + " --corrector patch, or see 'unerring errors'",
        GoalMissed.train(ended("sessions", "deng-2023")));
    String large = GoalMissed.train(ended("too-large", "patch"));
    assertTrue(large.contains("; too many errors for patches: give more --epochs, "), large);
  }

  @Test
  void afterALaterCorrection() throws IOException {
    errors = 1;
    String left =
        "unerring: 1 training error is left, the floor is 1 (ended by: %s), held up by training"
            + " samples #4, #7; no new version is written and it is as it was";
    assertEquals(left.formatted("interrupt"), correct("interrupt"));
    assertEquals(left.formatted("time") + "; give more --max-time", correct("time"));
    assertEquals(
        left.formatted("too-large") + "; too many errors for patches: train longer first",
        correct("too-large"));
    assertEquals(
        left.formatted("plateau")
            + "; --corrector auto ends at the floor, with patches where nothing else does",
        correct("plateau"));
  }

  private String correct(String endedBy) throws IOException {
    return GoalMissed.correct(ended(endedBy, "focus"), "it");
  }

  @Test
  void anInterruptSaysWhichModelIsThere() throws IOException {
    assertEquals(
        "unerring: interrupted; the model after the last step is in out; to go on: " + CORRECT,
        GoalMissed.interrupted(ended("interrupt"), CORRECT));
    assertEquals(
        "unerring: interrupted; the model before correction, which gained nothing, is in out; to go"
            + " on: "
            + CORRECT,
        GoalMissed.interrupted(ended("interrupt", "focus"), CORRECT));
    json.put("model", "corrected");
    assertEquals(
        "unerring: interrupted; the best model so far is in out; to go on: " + CORRECT,
        GoalMissed.interrupted(ended("interrupt", "focus"), CORRECT));
    errors = 1;
    assertEquals(
        "unerring: interrupted when all was done; everything is saved in out",
        GoalMissed.interrupted(ended("floor", "focus"), CORRECT));
  }
}
