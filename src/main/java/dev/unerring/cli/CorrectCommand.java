// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.run.AddedFiles;
import dev.unerring.run.CorrectionRequest;
import dev.unerring.run.LaterCorrection;
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
        "Corrects a finished run again: newly found errors join its training set, and no earlier"
            + " sample becomes wrong.",
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
      description = {
        "Samples that were found later, all of them: a folder with one folder a class, a CSV table,",
        "or pictures of the class --label, resized as the run's; or an npz file with arrays images",
        "(uint8) and labels (integers), or in the layout of a data set. Classes are matched by name."
      })
  private List<Path> add = List.of();

  @Option(
      names = "--label",
      paramLabel = "CLASS",
      description = "The class of the pictures of --add, by its name.")
  private String label;

  @Option(
      names = "--skip-contradictions",
      description =
          "Leave out new samples that are identical to others but have another label; else they"
              + " are named and nothing is learned.")
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
      description = "Where the run's data are now; default: the file that the run recorded.")
  private String data;

  @Option(
      names = "--corrector",
      completionCandidates = Choices.LaterCorrectors.class,
      paramLabel = "CORRECTOR",
      description =
          "focus, tunneling, patch, or auto: all three until nothing is left; default: that of"
              + " --config, else of the run (for a run of the preset deng-2023 its own); auto where"
              + " it had none.")
  private String corrector;

  @Option(
      names = "--config",
      paramLabel = "plan.json",
      description = "A plan whose \"correction\" is taken; keys that it lacks are the run's.")
  private Path config;

  @Option(
      names = "--max-time",
      paramLabel = "T",
      description = "Give up after this time (90, 90s, 10m, 2h); nothing is written then.")
  private String maxTime;

  @Option(names = "--no-progress", description = "Plain lines instead of a progress bar.")
  private boolean noProgress;

  CorrectCommand() {}

  @Override
  public Integer call() {
    long start = System.nanoTime();
    long deadline = maxTime == null ? Long.MAX_VALUE : start + Durations.nanos(maxTime);
    TrainedRun trained = run.run();
    CorrectionRequest request =
        new CorrectionRequest(
            trained,
            run.file(trained, data),
            added(),
            skipContradictions,
            out,
            correction(trained),
            device.device());
    PrintWriter err = spec.commandLine().getErr();
    Interrupt interrupt = main.interrupt();
    boolean bar = !noProgress && StandardStream.drawsOnStderr();
    Terminal terminal = new Terminal(err, bar, deadline, interrupt);
    Optional<RunResult> result;
    try {
      result = new LaterCorrection(request, terminal, System::nanoTime).run();
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
      err.println(GoalMissed.interrupted(result.get()));
    }
    return stopped ? INTERRUPTED : 0;
  }

  private AddedFiles added() {
    if (add.isEmpty() && label != null) {
      throw new UsageException("--label is the class of pictures; name them with --add");
    }
    return add.isEmpty() ? null : new AddedFiles(add, Optional.ofNullable(label));
  }

  /** The plan of the file; a run is corrected in the arithmetic that it was trained in. */
  private TrainingPlan planned(TrainedRun trained) {
    Arithmetic own = trained.arithmetic();
    TrainingPlan standard = TrainingPlan.standard().with(trained.correction()).with(own);
    TrainingPlan plan = TrainCommand.PlanOptions.read(config, standard);
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
