// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every value that is one of a list is completed, and every value that is offered is taken. */
class ChoicesTest {
  /** What takes any text, by verb and option; a new option stands here or has candidates. */
  private static final Set<String> OPEN =
      new TreeSet<>(
          List.of(
              "audit --data",
              "certify --data",
              "correct --data",
              "correct --label",
              "correct --max-time",
              "datasets fetch --mirror",
              "datasets fetch --url",
              "datasets montage --class",
              "datasets montage X",
              "datasets pack --classes",
              "datasets pack --group",
              "datasets pack --group-pattern",
              "datasets pack --label",
              "datasets pack --labels",
              "datasets pack --path",
              "datasets pack --size",
              "datasets pack --split",
              "datasets pack --split-column",
              "evaluate --data",
              "export --data",
              "predict --data",
              "report --data",
              "train --checkpoint-every",
              "train --class-weights",
              "train --data",
              "train --max-time",
              "train --never-miss",
              "validate --data",
              "validate --max-time",
              "validate --part",
              "verify --data"));

  @Test
  void everyTextIsOpenOrHasCandidates() {
    Set<String> open = new TreeSet<>();
    for (CommandLine verb : verbs()) {
      for (ArgSpec argument : verb.getCommandSpec().args()) {
        boolean text = argument.auxiliaryTypes()[0] == String.class;
        if (text && argument.completionCandidates() == null) {
          open.add(name(verb, argument));
        }
      }
    }
    assertEquals(OPEN, open);
  }

  @Test
  void everyCandidateIsTaken() {
    int tried = 0;
    for (CommandLine verb : verbs()) {
      for (ArgSpec argument : verb.getCommandSpec().args()) {
        if (argument.completionCandidates() == null) {
          continue;
        }
        for (String value : argument.completionCandidates()) {
          CommandRun run = CommandRun.of(words(verb, argument, value).toArray());
          assertFalse(run.err().contains("not '" + value + "'"), run.err());
          assertFalse(run.err().contains("unknown"), run.err());
          assertFalse(run.err().contains("Invalid value"), run.err());
          tried++;
        }
      }
    }
    assertTrue(tried > 80, tried + " candidates");
  }

  /** A command line that ends, for want of something else, before it does anything. */
  private static List<Object> words(CommandLine verb, ArgSpec argument, String value) {
    List<Object> words = new ArrayList<>(List.of(verb.getCommandSpec().qualifiedName().split(" ")));
    words.removeFirst();
    if (words.equals(List.of("completion")) || words.equals(List.of("datasets", "info"))) {
      words.add(value);
      return words;
    }
    for (ArgSpec other : verb.getCommandSpec().args()) {
      if (other.required() && !other.equals(argument)) {
        words.add(other instanceof OptionSpec option ? option.longestName() : "no/such.npz");
        words.addAll(other.isOption() ? List.of("no/such.npz") : List.of());
      }
    }
    if (argument instanceof OptionSpec option) {
      words.addAll(List.of(option.longestName(), value));
    } else {
      words.addAll(List.of(value, "--size", "1")); // published in no such size
    }
    return words;
  }

  private static List<CommandLine> verbs() {
    List<CommandLine> all = new ArrayList<>();
    for (CommandLine verb : Main.commandLine().getSubcommands().values()) {
      all.add(verb);
      all.addAll(verb.getSubcommands().values());
    }
    return all;
  }

  private static String name(CommandLine verb, ArgSpec argument) {
    String own =
        argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    return verb.getCommandSpec().qualifiedName().replaceFirst("unerring ", "") + " " + own;
  }
}
