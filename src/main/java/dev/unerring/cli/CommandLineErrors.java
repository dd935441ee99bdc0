// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.base.NearestNames;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is wrong with a command line, the cause before what follows from it: a value that does not
 * fit or is empty, an unknown word, then the rest, such as an option that is missing because it was
 * misspelt.
 */
final class CommandLineErrors {
  private static final String FILE_ADVICE = " (a file of this name goes after --)";

  private CommandLineErrors() {}

  /** Refuses a command line with a fault; picocli has collected them all. */
  static void require(ParseResult parsed) {
    List<ParameterException> unfit = new ArrayList<>();
    List<ParameterException> unknown = new ArrayList<>();
    List<ParameterException> rest = new ArrayList<>();
    for (CommandLine command : parsed.asCommandLineList()) {
      ParseResult own = command.getParseResult();
      own.errors()
          .forEach(each -> {
            boolean follows =
                each instanceof MissingParameterException
                    || each instanceof UnmatchedArgumentException;
            (follows ? rest : unfit).add(fault(each, command));
          });
      empty(own).ifPresent(each -> unfit.add(new ParameterException(command, each)));
      if (!own.unmatched().isEmpty()) {
        unknown.add(new UnmatchedArgumentException(command, own.unmatched()));
      }
    }
    Stream.of(unfit, unknown, rest)
        .flatMap(List::stream)
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
    return Failures.USAGE;
  }

  /** Makes paths and numbers of words; what a word must be is said where it is none. */
  static void convertBy(CommandLine commands) {
    commands
        .registerConverter(Path.class, CommandLineErrors::path)
        .registerConverter(Double.class, CommandLineErrors::number)
        .registerConverter(double.class, CommandLineErrors::number)
        .registerConverter(Long.class, CommandLineErrors::whole)
        .registerConverter(long.class, CommandLineErrors::whole)
        .registerConverter(Integer.class, CommandLineErrors::small)
        .registerConverter(int.class, CommandLineErrors::small);
  }

  private static Path path(String word) {
    try {
      return Path.of(word);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(Failures.fileName(e));
    }
  }

  private static double number(String word) {
    try {
      double number = Double.parseDouble(word.strip());
      if (Double.isFinite(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below
    }
    throw new TypeConversionException("'" + word + "' is not a number such as 0.001 or 1e-3");
  }

  private static long whole(String word) {
    try {
      return Long.parseLong(word.strip());
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + word + "' is not a whole number, or is out of range");
    }
  }

  private static int small(String word) {
    long number = whole(word);
    if (number != (int) number) {
      throw new TypeConversionException("'" + word + "' is out of range");
    }
    return (int) number;
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

  /** The option that a word of other programs means; the word itself where it is none. */
  private static String meant(String word) {
    return switch (word) {
      case "--model", "--weights", "--checkpoint" -> "--run";
      case "--dataset", "--input" -> "--data";
      case "--output", "--output-dir" -> "--out";
      case "--learning-rate" -> "--lr";
      case "--network" -> "--arch";
      case "--batch" -> "--batch-size";
      case "--workers", "--jobs" -> "--threads";
      case "--gpu" -> "--device";
      default -> word;
    };
  }

  private static String unknown(String word, CommandLine command) {
    if (word.startsWith("-") && word.length() > 1) {
      String name = word.replaceFirst("(?s)=.*", "");
      List<String> options = new ArrayList<>();
      command.getCommandSpec().options().forEach(each -> options.addAll(List.of(each.names())));
      options.removeIf(each -> !each.startsWith("--"));
      String meant = meant(name);
      if (options.contains(meant)) {
        return "Unknown option: '" + name + "'; did you mean " + meant + "?";
      }
      String file = command.getCommandSpec().positionalParameters().isEmpty() ? "" : FILE_ADVICE;
      return "Unknown option: '" + name + "'" + nearest(name, options) + file;
    }
    Collection<String> verbs = command.getSubcommands().keySet();
    return verbs.isEmpty()
        ? "Unexpected argument: '" + word + "'"
        : "Unknown command: '" + word + "'" + nearest(word, verbs);
  }
}
