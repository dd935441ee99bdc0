// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.run.AddedFiles;
import dev.unerring.run.CorrectionRequest;
import dev.unerring.run.Device;
import dev.unerring.run.Pipeline;
import dev.unerring.run.RunResult;
import dev.unerring.run.TrainedRun;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.TrainingPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code unerring correct}: a finished run once more, with errors that were found later. */
@Command(
    name = "correct",
    description =
        "Corrects a finished run again: new samples join its training set, and no "
            + "earlier sample becomes wrong.",
    mixinStandardHelpOptions = true)
final class CorrectCommand implements Callable<Integer> {
  private static final int GOAL_NOT_REACHED = 3;
  private static final int INTERRUPTED = 130;
  static final List<Method> LATER =
      List.of(Method.AUTO, Method.FOCUS, Method.TUNNELING, Method.PATCH);

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;
  @Mixin private RunOptions run;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--add",
      paramLabel = "NEW",
      arity = "1..*",
      description =
          "New samples: a folder with one folder per class, a CSV table, pictures of the "
              + "class --label, or an npz file (arrays images, uint8, and labels, integers, or "
              + "the layout of a data set). Pictures are resized as in the run; classes are "
              + "matched by name.")
  private List<Path> add = List.of();

  @Option(
      names = "--label",
      paramLabel = "CLASS",
      description = "Class name of the pictures of --add.")
  private String label;

  @Option(
      names = "--skip-contradictions",
      description =
          "Leave out new samples that are identical to other samples but have another "
              + "label. Without this option they are listed and nothing is learned.")
  private boolean skipContradictions;

  @Option(
      names = "--out",
      paramLabel = "DIR2",
      description =
          "New folder for the new version; default DIR-v2, DIR-v3, ... beside DIR, with -2, -3, ..."
              + " where that is taken.")
  private Path out;

  @Option(
      names = "--data",
      paramLabel = "X",
      description =
          "The run's data, where they were moved; default: the file that the run " + "recorded.")
  private String data;

  @Option(
      names = "--corrector",
      completionCandidates = Choices.LaterCorrectors.class,
      paramLabel = "CORRECTOR",
      description =
          "focus, tunneling, patch, or auto (all three until no error is left). Default: "
              + "as in --config, else as in the run, else auto. Runs of the preset deng-2023 "
              + "keep theirs.")
  private String corrector;

  @Option(
      names = "--config",
      paramLabel = "plan.json",
      description = "A plan.json whose \"correction\" is used; missing keys are those of the run.")
  private Path config;

  @Option(
      names = "--max-time",
      paramLabel = "T",
      description = "Give up after this time (90, 90s, 10m, 2h); then nothing is written.")
  private String maxTime;

  @Option(names = "--no-progress", description = "Plain lines instead of a progress bar.")
  private boolean noProgress;

  CorrectCommand() {}

  @Override
  public Integer call() {
    long start = System.nanoTime();
    long deadline =
        maxTime == null ? Long.MAX_VALUE : start + Durations.nanos("--max-time", maxTime);
    TrainedRun trained = run.run();
    Device computes = device.device();
    CorrectionRequest request =
        new CorrectionRequest(
            trained,
            run.file(trained, data),
            added(computes),
            skipContradictions,
            out,
            correction(trained),
            computes);
    PrintWriter err = spec.commandLine().getErr();
    Interrupt interrupt = main.interrupt();
    boolean bar = !noProgress && StandardStream.drawsOnStderr();
    Terminal terminal = new Terminal(err, bar, deadline, interrupt);
    Optional<RunResult> result;
    try {
      result = Pipeline.correct(request, terminal, System::nanoTime);
    } finally {
      terminal.clear();
    }
    if (result.isEmpty()) {
      return 0;
    }
    boolean stopped = interrupt.requested();
    if (!result.get().goalReached()) {
      err.println(GoalMissed.correct(result.get(), trained.name()));
      return stopped ? INTERRUPTED : GOAL_NOT_REACHED;
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(Summary.of(result.get()));
    stdout.flush();
    if (stopped) {
      err.println(
          GoalMissed.interrupted(result.get(), "unerring correct --run " + result.get().folder()));
    }
    return stopped ? INTERRUPTED : 0;
  }

  private AddedFiles added(Device computes) {
    if (add.isEmpty() && label != null) {
      throw new UsageException("--label is the class of pictures; name them with --add");
    }
    return add.isEmpty()
        ? null
        : new AddedFiles(add, Optional.ofNullable(label), computes.threads());
  }

  /** The plan of the file; a run is corrected in the arithmetic that it was trained in. */
  private TrainingPlan planned(TrainedRun trained) {
    Arithmetic own = trained.arithmetic();
    TrainingPlan standard =
        TrainingPlan.standard().with(trained.correction()).with(c -> c.arithmetic = own);
    TrainingPlan plan = PlanOptions.read(config, standard);
    if (plan.arithmetic().ofModel() != own.ofModel()) {
      throw new UsageException(
          trained.name()
              + " was trained in "
              + own.label()
              + " arithmetic and is corrected in it; take 'arithmetic' out of "
              + config
              + ", or train anew with --arithmetic "
              + plan.arithmetic().label());
    }
    return plan;
  }

  /** That of the run, then that of the file, then that of the option. */
  private CorrectionPlan correction(TrainedRun trained) {
    CorrectionPlan own = trained.correction();
    CorrectionPlan chosen = config == null ? own : planned(trained).correction();
    return corrector == null ? chosen : chosen.with(Method.parse(corrector, "--corrector", LATER));
  }
}
