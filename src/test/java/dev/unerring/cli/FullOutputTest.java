// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.suite.TestBackends;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** No verb takes a device without space for its output: an error, not a shorter output. */
class FullOutputTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private static Path folder;

  @TestFactory
  Stream<DynamicTest> everyVerbSaysSo() {
    Assumptions.assumeTrue(Files.exists(FULL), "SKIPPED, no /dev/full on this machine");
    SmallRun run = SmallRun.train(folder);
    String of = " --run " + run.folder();
    String computing =
        of + " --threads 2 --device " + (TestBackends.kernels() ? "cpu" : "reference");
    return Stream.of(
            "--help",
            "--version",
            "train --help",
            "doctor",
            "doctor --json",
            "completion bash",
            "datasets list",
            "datasets list --json",
            "datasets info breastmnist",
            "datasets info breastmnist --json",
            "datasets verify " + run.data(),
            "datasets demo --train 30 --val 5 --test 5 --out " + folder.resolve("demo.npz"),
            "datasets montage " + run.data() + " --out " + folder.resolve("m.png"),
            "audit --data " + run.data(),
            "audit --json --data " + run.data(),
            "errors" + of,
            "errors --history" + of,
            "errors --history --json" + of,
            "evaluate" + computing,
            "evaluate --json" + computing,
            "predict --split test" + computing + " " + run.data(),
            "predict --format json --split test" + computing + " " + run.data())
        .map(command -> DynamicTest.dynamicTest(command, () -> refused(command)));
  }

  private static void refused(String command) throws IOException {
    StringWriter err = new StringWriter();
    int code;
    try (FileOutputStream full = new FileOutputStream(FULL.toFile())) {
      code =
          Main.commandLine()
              .setOut(StandardStream.out(full.getFD(), FULL))
              .setErr(new PrintWriter(err))
              .execute(command.split(" "));
    }
    assertEquals(5, code, err.toString());
    List<String> lines = new ArrayList<>(err.toString().lines().toList());
    assertTrue(
        lines.getLast().startsWith("unerring: standard output cannot be written: "), err + "");
  }
}
