// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.data.ClassBalance;
import dev.unerring.data.DatasetManifest;
import dev.unerring.generate.SyntheticPlan;
import dev.unerring.generate.SyntheticSet;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code unerring datasets synthesize}: a generated set in the form of a published one. */
@Command(
    name = "synthesize",
    description = {
      "Writes a generated set synthetic-<flag> with the keys, shapes, numbers of samples, task and"
          + " class balance of a published one; it shows no patient.",
      "The same arguments give the same pixels and labels, and uncompressed the same bytes."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class DatasetsSynthesizeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FLAG",
      completionCandidates = Choices.Published.class,
      description = "A published set: breastmnist, ...")
  private String flag;

  @Option(
      names = "--out",
      paramLabel = "X.npz",
      description = "New file; default synthetic-<flag>.npz in this folder.")
  private Path out;

  @Option(names = "--seed", description = "Seed of images and labels.", defaultValue = "0")
  private long seed;

  @Option(
      names = "--size",
      completionCandidates = Choices.Sizes.class,
      description = "Side length of the images that the published set has: 28, 64, 128, 224.",
      defaultValue = "28")
  private int size;

  @Option(names = "--train", description = "Training samples; default as published.")
  private Integer train;

  @Option(names = "--val", description = "Validation samples; default as published.")
  private Integer val;

  @Option(names = "--test", description = "Test samples; default as published.")
  private Integer test;

  @Option(
      names = "--scale",
      description = "Share of the published numbers, for those that are not given.",
      defaultValue = "1")
  private double scale;

  @Option(
      names = "--conflicts",
      description =
          "Planted groups of two (every fourth: three) identical training images with different"
              + " labels, each of which costs one training error.",
      defaultValue = "0")
  private int conflicts;

  @Option(
      names = "--twins",
      description =
          "Planted pairs of nearly identical images (correlation above 0.99) with one label, by"
              + " turns within train and across train and test.",
      defaultValue = "0")
  private int twins;

  @Option(
      names = "--copies",
      description =
          "Planted copies of training images, by turns in val and test, every other two with"
              + " another label.",
      defaultValue = "0")
  private int copies;

  @Option(names = "--compressed", description = "Compress the arrays, as published files do.")
  private boolean compressed;

  DatasetsSynthesizeCommand() {}

  @Override
  public Integer call() {
    DatasetManifest manifest = manifest();
    if (!(scale > 0 && scale <= 1)) {
      throw new UsageException("--scale is a share above 0 and at most 1, not " + scale);
    }
    SyntheticPlan plan =
        new SyntheticPlan(
            manifest,
            size,
            seed,
            List.of(
                samples(train, manifest.train()),
                samples(val, manifest.val()),
                samples(test, manifest.test())),
            conflicts,
            twins,
            copies);
    Path file = out == null ? Path.of(plan.name() + ".npz") : out;
    OutputFile.requireNew(file);
    WorkTerminal terminal = WorkTerminal.of(spec);
    try {
      new SyntheticSet(plan).write(file, compressed, terminal);
    } finally {
      terminal.clear();
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.println("written: " + file + " (" + plan.name() + ", synthetic, shows no patient)");
    stdout.println("class balance: " + ClassBalance.of(manifest).source());
    stdout.flush();
    return 0;
  }

  private DatasetManifest manifest() {
    DatasetManifest found = DatasetManifest.require(flag);
    if (!found.flag().equals(flag) || found.generated()) {
      throw new UsageException(
          "'" + flag + "' is not the flag of a published set; an image size is given by --size");
    }
    return found;
  }

  private int samples(Integer given, int published) {
    return given != null ? given : Math.max(1, (int) Math.rint(scale * published));
  }
}
