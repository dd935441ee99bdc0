// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.data.DatasetManifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The runner of {@code make suite18}, with a stand-in for the program: what it counts as passed,
 * and what it keeps.
 */
class Suite18Test {
  private static final List<String> FLAGS = List.of("breastmnist", "nodulemnist3d");

  @TempDir private Path folder;
  private Path jar;
  private Path program;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  /** A program that notes its calls and leaves a result with the errors of the file "errors". */
  @BeforeEach
  void standIn() throws IOException {
    jar = Files.writeString(folder.resolve("unerring.jar"), "one version");
    program = folder.resolve("unerring");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo "$@" >>"${0%/*}/calls"
        case $1 in
        datasets) flag=$3; eval "floor=\\${$#}"; echo "$flag $floor" >"$5" ;;
        train)
          read flag floor <"$3"
          [ -f "${0%/*}/errors" ] && read errors <"${0%/*}/errors" || errors=$floor
          while [ "$1" != --out ]; do shift; done
          mkdir -p "$2"
          cat >"$2/result.json" <<END
        {"data": "synthetic-$flag", "arch": "small", "trainDecisions": 546, "trainErrors": $errors,
         "floor": $floor, "epochs": 12, "correctionSteps": 7, "patchedSamples": 0, "endedBy": "floor", "val": {"acc": 1.0}}
        END
          [ "$errors" = "$floor" ] || exit 3 ;;
        esac
        """,
        StandardCharsets.UTF_8);
    assertTrue(program.toFile().setExecutable(true));
  }

  private boolean run() throws IOException, InterruptedException {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    return new Suite18(program, jar, folder.resolve("out"), false, out).run(FLAGS);
  }

  private Map<?, ?> summary() throws IOException {
    return (Map<?, ?>) Json.parse(Files.readString(folder.resolve("out/summary.json")));
  }

  private int calls() throws IOException {
    return Files.readAllLines(folder.resolve("calls")).size();
  }

  @Test
  void everyCaseOnceWithAndWithoutConflicts() throws Exception {
    assertTrue(run());
    assertEquals(2 * 2 * FLAGS.size(), calls());
    assertEquals(4L, summary().get("passed"));
    String text = Files.readString(folder.resolve("out/summary.txt"));
    assertTrue(text.contains("synthetic-breastmnist-conflicts"), text);
    assertTrue(text.contains("6/546"), text);
    assertTrue(text.contains("4 of 4 passed"), text);
    String calls = Files.readString(folder.resolve("calls"));
    assertTrue(calls.contains("--train 546 --val 78 --test 156 --conflicts 6"), calls);
    assertTrue(calls.contains("--train 500 --val 100 --test 100 --conflicts 0"), calls);
  }

  @Test
  void whatPassedIsKeptUntilTheProgramChanges() throws Exception {
    assertTrue(run());
    int once = calls();
    assertTrue(run());
    assertEquals(once, calls());
    assertTrue(printed.toString(StandardCharsets.UTF_8).contains("(kept)"));
    Files.writeString(jar, "another version");
    assertTrue(run());
    assertEquals(2 * once, calls());
  }

  @Test
  void aCaseAboveItsFloorFailsAndIsRunAgain() throws Exception {
    Files.writeString(folder.resolve("errors"), "6\n");
    assertFalse(run());
    assertEquals(2L, summary().get("passed"));
    int once = calls();
    Files.delete(folder.resolve("errors"));
    assertTrue(run());
    assertEquals(once + once / 2, calls());
  }

  @Test
  void theCutCountsAreWhatWasPromised() {
    for (String flag : DatasetManifest.flags()) {
      int train = Suite18.cutCounts(DatasetManifest.find(flag).orElseThrow()).getFirst();
      assertTrue(train >= 500, flag);
    }
  }
}
