// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.ffi.FloatingPointState;
import java.io.PrintWriter;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
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
      ValidateCommand.class,
      PredictCommand.class,
      ReportCommand.class,
      CertifyCommand.class,
      VerifyCommand.class,
      KeygenCommand.class,
      ExportCommand.class,
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

  /** Runs the command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    run(commands -> {}, arguments);
  }

  /**
   * The same with the parser changed. Whatever happens, an {@link Error} too, the JVM ends. After
   * Ctrl-C it is ending already and waits for this: the code is 130 unless the command failed.
   */
  static void run(Consumer<CommandLine> change, String[] arguments) {
    int code = Failures.SOFTWARE;
    Interrupt interrupt = new Interrupt();
    try {
      System.setProperty("java.awt.headless", "true"); // image files need no display
      PrintWriter err = StandardStream.err();
      interrupt.watch(notice -> err.println((StandardStream.drawsOnStderr() ? "\n" : "") + notice));
      CommandLine commands = commandLine(interrupt).setOut(StandardStream.out()).setErr(err);
      FloatingPointState.tell(err::println);
      change.accept(commands);
      code = commands.execute(arguments);
    } catch (Throwable e) {
      code = Failures.on(e, StandardStream.err(), false);
    } finally {
      end(interrupt, code);
    }
  }

  private static void end(Interrupt interrupt, int code) {
    try {
      if (interrupt.requested() && code != 0) {
        Runtime.getRuntime().halt(code);
      }
      interrupt.finished();
      System.exit(code);
    } finally {
      Runtime.getRuntime().halt(code); // only where there was no memory to exit
    }
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
    CommandLine commands = new CommandLine(main);
    collectErrors(commands);
    CommandLineErrors.convertBy(commands);
    return commands
        .setExpandAtFiles(false) // @1.png is a file
        .setParameterExceptionHandler(CommandLineErrors::print)
        .setExecutionStrategy(main::execute);
  }

  /** Makes the parser go on after a fault, so that {@link CommandLineErrors} can choose. */
  private static void collectErrors(CommandLine command) {
    command.getCommandSpec().parser().collectErrors(true);
    command.getSubcommands().values().forEach(Main::collectErrors);
  }

  /** Checks the command line, then runs the verb, and ends every failure of it in an exit code. */
  private int execute(ParseResult parsed) {
    CommandLine commands = parsed.commandSpec().commandLine();
    try {
      boolean help = CommandLine.executeHelpRequest(parsed) != null;
      if (!help) {
        CommandLineErrors.require(parsed);
      }
      int code = help ? 0 : new RunLast().execute(parsed);
      commands.getOut().flush();
      return code;
    } catch (ParameterException e) {
      throw e;
    } catch (ExecutionException e) {
      return Failures.on(e.getCause() == null ? e : e.getCause(), commands.getErr(), stacktrace);
    } catch (RuntimeException | Error e) {
      return Failures.on(e, commands.getErr(), stacktrace);
    }
  }

  /** Without a verb: the help on stderr and a usage error. */
  @Override
  public void run() {
    PrintWriter messages = spec.commandLine().getErr();
    spec.commandLine().usage(messages);
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
