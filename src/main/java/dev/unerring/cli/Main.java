package dev.unerring.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command {@code unerring}: one class a verb, each a line in {@code subcommands}. Results go to
 * stdout, messages to stderr, and the exit code says how it ended (see {@link Failures}).
 */
@Command(
    name = "unerring",
    description = "Trains an image classifier until it makes no error on its training set.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    subcommands = {
      TrainCommand.class,
      AuditCommand.class,
      ErrorsCommand.class,
      DatasetsCommand.class,
      DoctorCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "With an error, print where in the program it arose.")
  private boolean stacktrace;

  private Main() {}

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  /** Runs the command on the JVM's stdout and stderr; returns the exit code. */
  static int execute(String... arguments) {
    return commandLine().execute(arguments);
  }

  /** The parser with all verbs; its writers may be replaced. */
  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setParameterExceptionHandler(Failures::onUsage)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> Failures.onExecution(failure, command, main.stacktrace));
  }

  /** Without a verb: the help on stderr and a usage error. */
  @Override
  public void run() {
    PrintWriter messages = spec.commandLine().getErr();
    spec.commandLine().usage(messages);
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
