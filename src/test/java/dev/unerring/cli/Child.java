// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.suite.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, started by a shell that gives it its standard streams. */
final class Child {
  private static final long LONGEST_SECONDS = 60;

  private final Process process;
  private final Path out;
  private final Path err;

  private Child(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts it.
   *
   * @param folder where its output goes
   * @param redirections of the shell, which come after those to files
   * @param program {@link Main} or a program that calls it
   */
  static Child start(
      Path folder,
      Map<String, String> environment,
      String redirections,
      List<String> jvm,
      Class<?> program,
      Object... arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    if (succeeds("env", "--default-signal=INT", "true")) { // a job in the background ignores it
      words.addAll(List.of("env", "--default-signal=INT,HUP"));
    }
    words.addAll(List.of("sh", "-c", "exec \"$@\" " + redirections, "sh"));
    words.addAll(ChildJvm.command(jvm, program));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    ProcessBuilder builder =
        new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    builder.redirectInput(new File("/dev/null"));
    return new Child(builder.start(), out, err);
  }

  private static boolean succeeds(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor() == 0;
  }

  /** Waits until it has printed a text to stdout. */
  Child awaitOut(String text) throws Exception {
    return await(out, text);
  }

  /** Waits until it has printed a text to stderr. */
  Child awaitErr(String text) throws Exception {
    return await(err, text);
  }

  private Child await(Path file, String text) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
    while (!Files.readString(file).contains(text)) {
      assertTrue(
          process.isAlive() && System.nanoTime() < end, "does not say " + text + ": " + err());
      Thread.sleep(20);
    }
    return this;
  }

  /** Sends a signal: INT, TERM, HUP. */
  Child signal(String name) throws Exception {
    assertTrue(succeeds("sh", "-c", "kill -" + name + " " + process.pid()), name);
    return this;
  }

  /** Waits for the end: its code, 128 and the number of the signal where one ended it. */
  int code() throws Exception {
    boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    assertTrue(ended, () -> "it hangs; stderr: " + err());
    return process.exitValue();
  }

  /** What it has printed to stdout so far, where that goes to the file. */
  String out() {
    return read(out);
  }

  /** What it has printed to stderr so far, where that goes to the file. */
  String err() {
    return read(err);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
