// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.base.Philox;
import dev.unerring.data.Dataset;
import dev.unerring.data.Split;
import dev.unerring.images.Montage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unerring datasets montage}: samples of a data set as one picture. */
@Command(
    name = "montage",
    description = "Shows samples of a data set as one PNG; of volumes the three middle slices.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class DatasetsMontageCommand implements Callable<Integer> {
  private static final int NO_FRAME = -1;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "X", description = "An npz file, a MedMNIST flag, or demo.")
  private String data;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "Folder looked through for flags, before ~/.medmnist.")
  private Path root;

  @Option(names = "--out", required = true, paramLabel = "X.png", description = "The picture.")
  private Path out;

  @Option(
      names = "--split",
      defaultValue = "train",
      completionCandidates = SplitNames.class,
      description = "train, val or test.")
  private String split;

  @Option(names = "--rows", defaultValue = "8", description = "At most so many rows of tiles.")
  private int rows;

  @Option(names = "--columns", defaultValue = "10", description = "Tiles in a row.")
  private int columns;

  @Option(names = "--scale", defaultValue = "3", description = "Enlargement, 1 to 64.")
  private int scale;

  @Option(
      names = "--samples",
      paramLabel = "I,J,...",
      hideParamSyntax = true,
      split = ",",
      description = "These samples in this order (instead of a choice by the seed).")
  private List<Integer> samples = List.of();

  @Option(
      names = "--class",
      paramLabel = "K",
      description = "Samples of this class (with this label) only: its number, or its name.")
  private String label;

  @Option(names = "--seed", defaultValue = "0", description = "Chooses the samples.")
  private long seed;

  DatasetsMontageCommand() {}

  @Override
  public Integer call() {
    if (rows < 1 || columns < 1) {
      throw new UsageException("--rows and --columns are at least 1, not " + rows + ", " + columns);
    }
    if (!samples.isEmpty() && label != null) {
      throw new UsageException("--samples and --class are two ways to choose; give one of them");
    }
    SplitNames.require(split);
    Path file = DataOption.file(data, root);
    OutputFile.require("--out", out, List.of(".png"), List.of(file));
    WorkTerminal terminal = WorkTerminal.of(spec);
    try (Dataset dataset = Dataset.open(file, terminal)) {
      terminal.clear();
      Split shown = SplitNames.of(dataset, split);
      List<Montage.Tile> tiles = new ArrayList<>();
      for (int sample : samples.isEmpty() ? chosen(dataset, shown) : listed(shown)) {
        tiles.add(
            new Montage.Tile(
                dataset.imageShape(),
                shown.images().asSlice((long) sample * shown.imageBytes(), shown.imageBytes()),
                shown.name() + "[" + sample + "] " + labelText(shown, sample),
                NO_FRAME));
      }
      Montage.write(out, tiles, columns, scale);
      spec.commandLine().getOut().println("written: " + out + " (" + tiles.size() + " samples)");
      spec.commandLine().getOut().flush();
    }
    return 0;
  }

  private List<Integer> listed(Split shown) {
    for (int sample : samples) {
      if (sample < 0 || sample >= shown.size()) {
        throw new UsageException(
            "--samples: "
                + shown.name()
                + " has the samples 0 to "
                + (shown.size() - 1)
                + ", not "
                + sample);
      }
    }
    return samples;
  }

  /** Samples in an order of the seed, as many as fit; then class by class, ascending. */
  private List<Integer> chosen(Dataset dataset, Split shown) {
    Integer wanted = label == null ? null : number(dataset);
    int number = dataset.splits().indexOf(shown);
    Comparator<Integer> bySeed =
        Comparator.comparingLong(i -> Philox.bits64(seed, Philox.MONTAGE_ORDER, number, i));
    Stream<Integer> all = IntStream.range(0, shown.size()).boxed();
    List<Integer> chosen =
        all.filter(i -> wanted == null || carries(shown, i, wanted))
            .sorted(bySeed)
            .limit((long) rows * columns)
            .sorted(
                Comparator.comparing((Integer i) -> shown.labelCount() == 1 ? shown.label(i) : 0)
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    if (chosen.isEmpty()) {
      throw new DataException(
          dataset.file() + ": " + shown.name() + " has no sample of class " + label);
    }
    return chosen;
  }

  /** The number that is given, else that of the class whose name is given. */
  private int number(Dataset dataset) {
    boolean isNumber = label.matches("-?[0-9]{1,9}");
    int number = isNumber ? Integer.parseInt(label) : dataset.labelNames().indexOf(label);
    if (number < 0 || number >= dataset.classes()) {
      throw new UsageException(
          "--class is 0 to "
              + (dataset.classes() - 1)
              + " in this set, not "
              + label
              + "; or a name: "
              + String.join(", ", dataset.labelNames()));
    }
    return number;
  }

  private static boolean carries(Split shown, int sample, int label) {
    return shown.labelCount() == 1 ? shown.label(sample) == label : shown.label(sample, label) == 1;
  }

  /** The class number; of multi-label sets the numbers of the labels that are set. */
  private static String labelText(Split shown, int sample) {
    if (shown.labelCount() == 1) {
      return String.valueOf(shown.label(sample));
    }
    List<String> set =
        IntStream.range(0, shown.labelCount())
            .filter(column -> shown.label(sample, column) == 1)
            .mapToObj(String::valueOf)
            .toList();
    return set.isEmpty() ? "-" : String.join("+", set);
  }
}
