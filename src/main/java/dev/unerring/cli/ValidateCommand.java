// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.EndedBy;
import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.base.IoReason;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.report.TrainErrors;
import dev.unerring.run.RunEvaluation;
import dev.unerring.run.TrainedRun;
import dev.unerring.validate.AttackStudy;
import dev.unerring.validate.CorruptStudy;
import dev.unerring.validate.EnumerateStudy;
import dev.unerring.validate.GuardStage;
import dev.unerring.validate.Part;
import dev.unerring.validate.Report;
import dev.unerring.validate.Studies;
import dev.unerring.validate.Study;
import dev.unerring.validate.Validation;
import dev.unerring.validate.ValidationPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code unerring validate}: what the saved model does around the samples of a split. */
@Command(
    name = "validate",
    description = "Evaluates the saved model of a run around every sample: the closed world.",
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  private static final int NOT_FINISHED = 3;
  private static final Pattern PART = Pattern.compile("([0-9]{1,5})/([0-9]{1,5})");

  @Spec private CommandSpec spec;
  @Mixin private RunOptions run;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--data",
      paramLabel = "X",
      description = "An npz file or a flag; default: the file that the run was trained on.")
  private String named;

  @Option(
      names = "--split",
      defaultValue = "train",
      completionCandidates = SplitNames.class,
      description = "train (default), val or test.")
  private String split;

  @Option(
      names = "--enumerate",
      description =
          "Every single-pixel change to every value, allowed flips and turns, shifts, brightness and"
              + " contrast: all variants of each sample.")
  private boolean enumerate;

  @Option(
      names = "--corrupt",
      description =
          "The corruptions of the set's list in five strengths: what is still right, of each sample.")
  private boolean corrupt;

  @Option(
      names = "--attack",
      description =
          "Search for the smallest change that turns the answer: by gradient, few pixels, decisions.")
  private boolean attack;

  @Option(
      names = "--guard",
      description =
          "Make guard.npz beside the model: hashes and features of the training samples, by which"
              + " predict hands images over to a human.")
  private boolean guard;

  @Option(
      names = "--share",
      paramLabel = "P",
      defaultValue = "1",
      description = "Share of the samples, drawn by the plan's seed: above 0, at most 1 (default).")
  private double share;

  @Option(
      names = "--max-time",
      paramLabel = "T",
      description = "Stop after 90s, 10m or 2h; the same command goes on later.")
  private String maxTime;

  @Option(
      names = "--part",
      paramLabel = "i/n",
      description = "Only part i of n, for several processes or machines; see --join.")
  private String part;

  @Option(
      names = "--join",
      description = "Join the parts in --out; the result has the bytes of one run.")
  private boolean join;

  @Option(
      names = "--plan",
      paramLabel = "F",
      description = "JSON file with seed, shift, fill, brightness, contrastPercent, symmetries.")
  private Path plan;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the results; default: --run.")
  private Path out;

  ValidateCommand() {}

  @Override
  public Integer call() {
    SplitNames.require(split);
    long named = Stream.of(enumerate, corrupt, attack, guard, join).filter(each -> each).count();
    if (named != 1) {
      throw new UsageException("name one of --enumerate, --corrupt, --attack, --guard and --join");
    }
    int[] cut = part();
    TrainedRun trained = run.run();
    Path folder = out == null ? trained.model().toAbsolutePath().getParent() : out;
    makeFolder(folder);
    if (join) {
      return print(Part.join(folder, Studies::outcome));
    }
    WorkTerminal terminal = WorkTerminal.of(spec);
    noteErrors(trained, terminal);
    try (Dataset data = run.data(trained, this.named, terminal)) {
      boolean host = requireFit(trained, data, terminal);
      if (!trained.isOf(data)) {
        terminal.note("note: " + data.file() + ": these are not the data of this run");
      }
      ValidationPlan chosen = plan();
      if (guard) {
        try (Backend backend = device.device().open()) {
          return print(List.of(GuardStage.make(trained, data, chosen, backend, terminal)));
        }
      }
      Validation validation =
          new Validation(
              trained,
              data,
              SplitNames.of(data, split),
              folder,
              chosen.seed(),
              share,
              cut[0],
              cut[1]);
      Study study = study(data, chosen);
      int workers = host ? device.threads() : 1;
      WorkMonitor watch = limited(terminal);
      Report report =
          validation.run(
              study, workers, () -> (host ? device.single() : device.device()).open(), watch);
      terminal.clear();
      return print(List.of(report));
    } finally {
      terminal.clear();
    }
  }

  /** Refuses data of another form; whether the device computes in the host's memory. */
  private boolean requireFit(TrainedRun trained, Dataset data, WorkMonitor watch) {
    try (Backend backend = device.device().open()) {
      RunEvaluation judge = new RunEvaluation(trained, data, backend, watch);
      return judge != null && backend.hostMemory();
    }
  }

  private Study study(Dataset data, ValidationPlan chosen) {
    if (enumerate) {
      return new EnumerateStudy(data, chosen);
    }
    return corrupt ? new CorruptStudy(data, chosen.seed()) : new AttackStudy(data, chosen.seed());
  }

  private static void noteErrors(TrainedRun trained, WorkTerminal terminal) {
    TrainErrors train = trained.report().train();
    if (train.errors().isEmpty()) {
      terminal.note("note: this run was stopped before its training errors were counted");
    } else if (train.errors().get() > train.floor()) {
      terminal.note(
          "note: this run has "
              + train.errors().get()
              + " training errors, its floor is "
              + train.floor()
              + "; a wrong sample is compared with its own wrong answer");
    }
  }

  private int[] part() {
    if (part == null) {
      return new int[] {1, 1};
    }
    Matcher form = PART.matcher(part);
    if (!form.matches()) {
      throw new UsageException("--part is i/n, such as 1/4, not '" + part + "'");
    }
    return new int[] {Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2))};
  }

  private ValidationPlan plan() {
    if (plan == null) {
      return ValidationPlan.standard();
    }
    try {
      return ValidationPlan.fromJson(Files.readString(plan), plan.toString());
    } catch (IOException e) {
      throw new DataException("cannot read " + plan + ": " + IoReason.of(e), e);
    }
  }

  private static void makeFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new DataException(
          folder + ": the folder cannot be made: " + IoReason.of(e) + "; name another --out", e);
    }
  }

  private int print(List<Report> reports) {
    PrintWriter stdout = spec.commandLine().getOut();
    List<Path> files = new ArrayList<>();
    boolean complete = true;
    for (Report each : reports) {
      stdout.print(each.text());
      files.addAll(each.files());
      complete &= each.complete();
    }
    files.stream().distinct().forEach(file -> stdout.println("saved: " + file));
    stdout.println("About these samples and variants only. Not for clinical use.");
    stdout.flush();
    return complete ? 0 : NOT_FINISHED;
  }

  /** The terminal, which also stops when the time is up. */
  private WorkMonitor limited(WorkTerminal terminal) {
    if (maxTime == null) {
      return terminal;
    }
    long deadline = System.nanoTime() + Durations.nanos("--max-time", maxTime);
    return new WorkMonitor() {
      @Override
      public void note(String text) {
        terminal.note(text);
      }

      @Override
      public void progress(String work, long done, long total) {
        terminal.progress(work, done, total);
      }

      @Override
      public void progressBytes(String work, long done, long total) {
        terminal.progressBytes(work, done, total);
      }

      @Override
      public Optional<EndedBy> stop() {
        return terminal.stopped()
            ? Optional.of(EndedBy.STOP)
            : System.nanoTime() - deadline >= 0 ? Optional.of(EndedBy.TIME) : Optional.empty();
      }
    };
  }
}
