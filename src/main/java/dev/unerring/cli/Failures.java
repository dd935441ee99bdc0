package dev.unerring.cli;

import dev.unerring.base.UnerringException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a failure prints and which exit code it has. A wrong command line: 2. An {@link
 * UnerringException}: one line, and the code that it carries. Anything else is a fault of the
 * program: the stack trace, and 1.
 */
final class Failures {
  static final int SOFTWARE = 1;
  static final int USAGE = 2;
  private static final String STACKTRACE_PROPERTY = "unerring.stacktrace";

  private Failures() {}

  /** A command line that cannot be parsed: the reason, and where to read on. */
  static int onUsage(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    command.getErr().println("unerring: " + failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return USAGE;
  }

  /** A command that failed; the stack trace of an expected failure is printed only when wanted. */
  static int onExecution(Exception failure, CommandLine command, boolean stacktrace) {
    boolean expected = failure instanceof UnerringException;
    if (expected) {
      command.getErr().println("unerring: " + failure.getMessage());
    } else {
      command
          .getErr()
          .println("unerring: a fault of the program; please report it with these lines");
    }
    if (!expected || stacktrace || Boolean.getBoolean(STACKTRACE_PROPERTY)) {
      failure.printStackTrace(command.getErr());
    }
    return failure instanceof UnerringException known ? known.exitCode() : SOFTWARE;
  }
}
