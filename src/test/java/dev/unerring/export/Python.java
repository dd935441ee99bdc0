// SPDX-License-Identifier: Apache-2.0
package dev.unerring.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/**
 * An interpreter of Python with some modules: that of {@code -Dtest.python=}, else python3. Where
 * there is none, this is said on stderr and the test counts as skipped.
 */
public record Python(String program) {
  /** Finds one that imports these modules. */
  public static Python with(String... modules) {
    Python python = new Python(System.getProperty("test.python", "python3"));
    String reason = "SKIPPED: " + python.program + " has no " + String.join(", ", modules);
    try {
      if (python.run(List.of("-c", "import " + String.join(", ", modules))).code() == 0) {
        return python;
      }
    } catch (IOException e) {
      reason = "SKIPPED: no Python: " + e.getMessage();
    }
    reason += " (-Dtest.python= names an interpreter)";
    System.err.println(reason);
    Assumptions.abort(reason);
    throw new AssertionError("not reached");
  }

  /** How a program of Python ended; both streams in one text. */
  public record Ended(int code, String text) {}

  /** Runs a script. */
  public Ended script(Path file, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(file.toString()));
    words.addAll(List.of(arguments));
    return run(words);
  }

  /** Runs a program that is given as text. */
  public Ended code(String text, String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("-c", text));
    words.addAll(List.of(arguments));
    return run(words);
  }

  private Ended run(List<String> arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(program));
    words.addAll(arguments);
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Ended(process.waitFor(), text);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
