package dev.unerring.cli;

import dev.unerring.base.NearestNames;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is wrong with a command line, the cause before what follows from it: an unknown word, an
 * empty value, then the rest, such as an option that is missing because it was misspelt.
 */
final class CommandLineErrors {
  static final int USAGE = 2;
  private static final String FILE_ADVICE = " (a file of this name goes after --)";

  private CommandLineErrors() {}

  /** Refuses a command line with a fault; picocli has collected them all. */
  static void require(ParseResult parsed) {
    List<ParameterException> faults = new ArrayList<>();
    for (CommandLine command : parsed.asCommandLineList()) {
      ParseResult own = command.getParseResult();
      if (!own.unmatched().isEmpty()) {
        throw new UnmatchedArgumentException(command, own.unmatched());
      }
      empty(own).ifPresent(each -> faults.add(new ParameterException(command, each)));
      own.errors().forEach(each -> faults.add(fault(each, command)));
    }
    faults.stream()
        .findFirst()
        .ifPresent(fault -> {
          throw fault;
        });
  }

  /** Prints the reason, and where to read on. */
  static int print(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("unerring: " + text(failure));
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return USAGE;
  }

  private static ParameterException fault(Exception each, CommandLine command) {
    return each instanceof ParameterException fault
        ? fault
        : new ParameterException(command, String.valueOf(each.getMessage()), each);
  }

  private static Optional<String> empty(ParseResult parsed) {
    return parsed.matchedArgs().stream()
        .filter(each -> each.stringValues().contains(""))
        .map(CommandLineErrors::empty)
        .findFirst();
  }

  private static String empty(ArgSpec argument) {
    return name(argument)
        + ": an empty value; give it one"
        + (argument.isOption() ? ", or leave the option out" : "");
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String text(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched) {
      return unknown(unmatched.getUnmatched().getFirst(), failure.getCommandLine());
    }
    if ("".equals(failure.getValue()) && failure.getArgSpec() != null) {
      return empty(failure.getArgSpec());
    }
    return failure.getMessage();
  }

  private static String nearest(String word, Collection<String> known) {
    return NearestNames.question(word, NearestNames.of(word, known).stream().limit(1).toList());
  }

  private static String unknown(String word, CommandLine command) {
    if (word.startsWith("-") && word.length() > 1) {
      String name = word.replaceFirst("(?s)=.*", "");
      List<String> options = new ArrayList<>();
      command.getCommandSpec().options().forEach(each -> options.addAll(List.of(each.names())));
      options.removeIf(each -> !each.startsWith("--"));
      String file = command.getCommandSpec().positionalParameters().isEmpty() ? "" : FILE_ADVICE;
      return "Unknown option: '" + name + "'" + nearest(name, options) + file;
    }
    Collection<String> verbs = command.getSubcommands().keySet();
    return verbs.isEmpty()
        ? "Unexpected argument: '" + word + "'"
        : "Unknown command: '" + word + "'" + nearest(word, verbs);
  }
}
