// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program among the tests, run by a JVM of its own. */
public final class ChildJvm {
  private static final long LONGEST_SECONDS = 120;

  private ChildJvm() {}

  /** The words that start a program of the class path of the tests. */
  public static List<String> command(List<String> options, Class<?> program) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(options);
    words.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            program.getName()));
    return words;
  }

  /** The lines that a program writes to stdout; it must end with status 0. */
  public static List<String> lines(List<String> options, Class<?> program, List<String> arguments)
      throws Exception {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dtest.seed=" + TestSeed.VALUE));
    List<String> words = command(all, program);
    words.addAll(arguments);
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    assertTrue(process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS), "does not end: " + words);
    assertEquals(0, process.exitValue(), words + "\n" + said);
    return said.lines().toList();
  }
}
