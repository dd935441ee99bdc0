package dev.unerring.cli;

import dev.unerring.ffi.FloatingPointState;
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
      CorrectCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      DatasetsCommand.class,
      DoctorCommand.class,
      CompletionCommand.class
    })
public final class Main implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "With an error, print where in the program it arose.")
  private boolean stacktrace;

  private final Interrupt interrupt;

  private Main(Interrupt interrupt) {
    this.interrupt = interrupt;
  }

  /**
   * Runs the command and ends the JVM with its exit code. After Ctrl-C the JVM is ending already
   * and waits for this: the code is 130 unless the command failed.
   */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true"); // image files need no display
    Interrupt interrupt = new Interrupt();
    interrupt.watch();
    CommandLine commands = commandLine(interrupt);
    FloatingPointState.tell(commands.getErr()::println);
    int code = commands.execute(arguments);
    if (interrupt.requested() && code != 0) {
      Runtime.getRuntime().halt(code);
    }
    interrupt.finished();
    System.exit(code);
  }

  /** The parser with all verbs; its writers may be replaced. */
  static CommandLine commandLine() {
    return commandLine(new Interrupt());
  }

  /** What says that the user wants a run to stop. */
  Interrupt interrupt() {
    return interrupt;
  }

  private static CommandLine commandLine(Interrupt interrupt) {
    Main main = new Main(interrupt);
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
