// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.data.Fit;
import dev.unerring.images.PackInput;
import dev.unerring.images.PackReport;
import dev.unerring.images.PackRequest;
import dev.unerring.images.Packer;
import dev.unerring.run.TrainedModel;
import dev.unerring.run.TrainedRun;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring datasets pack}: the user's own images as a data set. */
@Command(
    name = "pack",
    description = "Packs a folder or a table of PNG and JPEG files into an npz file.",
    footer = {
      "",
      "Writes X.npz, X.pack.json (label names and rules) and X.sources.csv (the file of every"
          + " sample). The same files, options and seed give the same bytes."
    },
    mixinStandardHelpOptions = true)
final class DatasetsPackCommand implements Callable<Integer> {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,6})(?:x([0-9]{1,6}))?");
  private static final List<String> GIVEN_BY_RUN =
      List.of("--size", "--fit", "--channels", "--split", "--labels", "--classes");

  private static final Pattern SHARES = Pattern.compile("([0-9]{1,3})/([0-9]{1,3})/([0-9]{1,3})");

  @Spec private CommandSpec spec;

  @Option(
      names = "--images",
      paramLabel = "DIR",
      description = "One folder for each class; or train, val and test, each with such folders.")
  private Path images;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "A table with a header: path, label, and perhaps split and a group.")
  private Path csv;

  @Option(names = "--out", required = true, paramLabel = "X.npz", description = "New file.")
  private Path out;

  @Option(
      names = "--size",
      paramLabel = "N|HxW",
      description = "Height and width in pixels, 8 to 1024 (default 28).")
  private String size;

  @Option(
      names = "--fit",
      completionCandidates = Choices.Fits.class,
      paramLabel = "RULE",
      defaultValue = "crop",
      description = {
        "Another aspect ratio: crop to the middle (default), pad with black, stretch; or none:",
        "no resizing, all images must have one size."
      })
  private String fit;

  @Option(
      names = "--channels",
      completionCandidates = Choices.Channels.class,
      paramLabel = "1|3|auto",
      defaultValue = "auto",
      description = "Grey, RGB, or RGB only if an image has a colour (default auto).")
  private String channels;

  @Option(
      names = "--split",
      paramLabel = "A/B/C",
      description = {
        "Percent of train, val and test (default 70/15/15, or the input's own split); 100/0/0 for",
        "images that are added to a run."
      })
  private String split;

  @Option(names = "--seed", defaultValue = "0", description = "Seed of the split (default 0).")
  private long seed;

  @Option(
      names = "--group",
      paramLabel = "COLUMN",
      description = "With --csv: the column, e.g. patient, that no two splits may share.")
  private String group;

  @Option(
      names = "--group-pattern",
      paramLabel = "REGEX",
      description = "With --images: what its parentheses find in the path is the group.")
  private String groupPattern;

  @Option(
      names = "--path",
      paramLabel = "COLUMN",
      description = "With --csv: the column of files (default path, or one like file, image).")
  private String path;

  @Option(
      names = "--label",
      paramLabel = "COLUMN",
      description = "With --csv: the column of class names (default label, or one like class).")
  private String label;

  @Option(
      names = "--split-column",
      paramLabel = "COLUMN",
      description = "With --csv: the column of train, val and test (default: found by its words).")
  private String splitColumn;

  @Option(
      names = "--labels",
      paramLabel = "A,B,...",
      hideParamSyntax = true,
      split = ",",
      description = "With --csv: several columns of 0 and 1 (a multi-label set).")
  private List<String> labels = List.of();

  @Option(
      names = "--classes",
      paramLabel = "A,B,...",
      hideParamSyntax = true,
      split = ",",
      description = {
        "All classes in the order of their numbers (default: those found, sorted); another one in",
        "the input is refused, one without images is allowed."
      })
  private List<String> classes = List.of();

  @Option(
      names = "--for",
      paramLabel = "RUN",
      description = {
        "Pack what is to be added to this run (or model file): with its classes, size, channels and",
        "fit, all images in one split. See 'unerring correct --add'."
      })
  private Path run;

  @Option(names = "--threads", description = "Threads that decode (default: all); no bit changes.")
  private int threads = Runtime.getRuntime().availableProcessors();

  DatasetsPackCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    WorkTerminal terminal = WorkTerminal.of(spec);
    PackReport report;
    try {
      report = Packer.pack(request(), terminal);
    } finally {
      terminal.clear();
    }
    out.print(report.text());
    out.println("written: " + this.out);
    out.flush();
    report.notes().forEach(err::println);
    err.flush();
    return 0;
  }

  private PackRequest request() {
    if (threads < 1) {
      throw new UsageException("--threads is at least 1, not " + threads);
    }
    if (run != null) {
      for (String given : GIVEN_BY_RUN) {
        if (spec.commandLine().getParseResult().hasMatchedOption(given)) {
          throw new UsageException(given + " is the run's; leave it out, or leave out --for");
        }
      }
      TrainedModel model =
          Files.isRegularFile(run)
              ? TrainedModel.open(run)
              : TrainedRun.open(run).trained(Optional.empty());
      return model.packing(input(), out, threads);
    }
    return new PackRequest(
        input(),
        out,
        wantedSize(),
        Fit.of(fit)
            .orElseThrow(
                () -> new UsageException("--fit is crop, pad, stretch or none, not '" + fit + "'")),
        switch (channels) {
          case "1" -> 1;
          case "3" -> 3;
          case "auto" -> 0;
          default -> throw new UsageException("--channels is 1, 3 or auto, not '" + channels + "'");
        },
        shares(),
        seed,
        threads);
  }

  private PackInput input() {
    if ((images == null) == (csv == null)) {
      throw new UsageException("give either --images DIR or --csv FILE");
    }
    if (images != null) {
      refuse("--csv", "--group", group, "--path", path, "--label", label);
      refuse("--csv", "--split-column", splitColumn);
      refuse("--csv", "--labels", labels.isEmpty() ? null : "");
      return new PackInput.Folder(
          images, Optional.ofNullable(groupPattern).map(this::pattern), classes);
    }
    refuse("--images", "--group-pattern", groupPattern);
    if (labels.size() == 1 || !labels.isEmpty() && (label != null || !classes.isEmpty())) {
      throw new UsageException(
          "--labels names two columns or more, and stands without --label and --classes");
    }
    List<String> columns = label == null ? labels : List.of(label);
    return new PackInput.Table(
        csv,
        Optional.ofNullable(path),
        columns,
        Optional.ofNullable(group),
        Optional.ofNullable(splitColumn),
        classes,
        Optional.of(usual -> usual.equals("split") ? "--split-column" : "--" + usual));
  }

  /** Pairs of an option that fits {@code only} and its value, which must be null. */
  private static void refuse(String only, String... options) {
    for (int i = 0; i < options.length; i += 2) {
      if (options[i + 1] != null) {
        throw new UsageException(options[i] + " goes with " + only + " only");
      }
    }
  }

  private Pattern pattern(String regex) {
    try {
      Pattern pattern = Pattern.compile(regex);
      if (pattern.matcher("").groupCount() < 1) {
        throw new UsageException(
            "--group-pattern has no parentheses: " + regex + "; write e.g. 'patient([0-9]+)_'");
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      throw new UsageException("--group-pattern: " + e.getDescription() + " in " + regex, e);
    }
  }

  private Optional<PackRequest.Size> wantedSize() {
    if (fit.equals("none") && size != null) {
      throw new UsageException("--fit none resizes nothing; leave out --size, or choose a fit");
    }
    String text = size == null && !fit.equals("none") ? "28" : size;
    if (text == null) {
      return Optional.empty();
    }
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw new UsageException("--size is a number such as 28, or 28x32, not '" + text + "'");
    }
    int height = Integer.parseInt(matcher.group(1));
    int width = matcher.group(2) == null ? height : Integer.parseInt(matcher.group(2));
    return Optional.of(new PackRequest.Size(height, width));
  }

  private List<Integer> shares() {
    if (split == null) {
      return List.of();
    }
    Matcher matcher = SHARES.matcher(split);
    if (!matcher.matches()) {
      throw new UsageException("--split is three percents such as 70/15/15, not '" + split + "'");
    }
    return List.of(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)));
  }
}
