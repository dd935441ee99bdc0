// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.generate.DemoSet;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code unerring datasets}: known data sets, and making others. */
@Command(
    name = "datasets",
    description = "Lists, checks, fetches and makes data sets.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DatasetsListCommand.class,
      DatasetsInfoCommand.class,
      DatasetsVerifyCommand.class,
      DatasetsFetchCommand.class,
      DatasetsPackCommand.class,
      DatasetsMontageCommand.class,
      DatasetsSynthesizeCommand.class,
      DatasetsCommand.Demo.class
    })
final class DatasetsCommand implements Runnable {
  @Spec private CommandSpec spec;

  DatasetsCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "name one of: " + String.join(", ", spec.commandLine().getSubcommands().keySet()));
  }

  /** {@code unerring datasets demo}: the generated demo set in any size. */
  @Command(
      name = "demo",
      description = "Writes the generated demo set; the same arguments give the same bytes.",
      mixinStandardHelpOptions = true,
      showDefaultValues = true)
  static final class Demo implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(names = "--out", required = true, paramLabel = "X.npz", description = "New file.")
    private Path out;

    @Option(names = "--seed", description = "Seed of the images.", defaultValue = "0")
    private long seed;

    @Option(names = "--train", description = "Training images.", defaultValue = "2000")
    private int train;

    @Option(names = "--val", description = "Validation images.", defaultValue = "200")
    private int val;

    @Option(names = "--test", description = "Test images.", defaultValue = "500")
    private int test;

    @Option(
        names = "--conflicts",
        description = "Planted pairs of identical training images with different labels.",
        defaultValue = "1")
    private int conflicts;

    Demo() {}

    @Override
    public Integer call() {
      OutputFile.requireNew(out);
      WorkTerminal terminal = WorkTerminal.of(spec);
      try {
        DemoSet.writeNamed(out, seed, train, val, test, conflicts, terminal);
      } catch (IllegalArgumentException e) {
        throw new UsageException(e.getMessage(), e);
      } finally {
        terminal.clear();
      }
      spec.commandLine().getOut().println("written: " + out);
      spec.commandLine().getOut().flush();
      return 0;
    }
  }
}
