// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Options of the command itself, and what each kind of failure prints and returns. */
class MainTest {
  private final StringWriter output = new StringWriter();
  private final StringWriter messages = new StringWriter();

  @Test
  void versionIsOneLineOnStdout() {
    assertEquals(0, run("--version"));
    assertTrue(output.toString().matches("unerring \\d+\\.\\d+\\.\\d+\\R"), output.toString());
    assertEquals("", messages.toString());
  }

  @Test
  void helpGoesToStdout() {
    assertEquals(0, run("--help"));
    assertTrue(output.toString().startsWith("Usage: unerring"));
    assertEquals("", messages.toString());
  }

  @Test
  void withoutCommandTheHelpGoesToStderrAsUsageError() {
    assertEquals(2, run());
    assertEquals("", output.toString());
    assertTrue(messages.toString().contains("unerring: no command given"));
  }

  @Test
  void wrongOptionIsOneReasonAndAPointerToHelp() {
    assertEquals(2, run("fail", "--wrong"));
    assertEquals(
        "unerring: Unknown option: '--wrong'", messages.toString().lines().findFirst().get());
    assertTrue(messages.toString().contains("Try 'unerring fail --help'."));
  }

  @Test
  void expectedFailureIsOneLineWithItsExitCode() {
    assertEquals(5, run("fail", "--with", "data"));
    assertEquals("unerring: a.npz is truncated" + System.lineSeparator(), messages.toString());
    assertEquals(2, run("fail", "--with", "usage"));
  }

  @Test
  void expectedFailureShowsItsOriginWhenAsked() {
    assertEquals(5, run("fail", "--with", "data", "--stacktrace"));
    assertTrue(messages.toString().contains("at dev.unerring.cli.MainTest"), messages.toString());
  }

  @Test
  void faultOfTheProgramShowsItsOrigin() {
    assertEquals(1, run("fail", "--with", "fault"));
    assertTrue(messages.toString().contains("java.lang.IllegalStateException: broken"));
    assertFalse(output.toString().contains("broken"));
  }

  private int run(String... arguments) {
    CommandLine command = Main.commandLine().addSubcommand(new CommandLine(new Fail()));
    return command
        .setOut(new PrintWriter(output))
        .setErr(new PrintWriter(messages))
        .execute(arguments);
  }

  @Command(name = "fail")
  private static final class Fail implements Callable<Integer> {
    @Option(names = "--with")
    private String kind;

    @Override
    public Integer call() {
      switch (kind) {
        case "data" -> throw new DataException("a.npz is truncated");
        case "usage" -> throw new UsageException("no such file");
        default -> throw new IllegalStateException("broken");
      }
    }
  }
}
