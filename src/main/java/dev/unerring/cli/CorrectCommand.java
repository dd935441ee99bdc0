package dev.unerring.cli;

import dev.unerring.run.CorrectionRequest;
import dev.unerring.run.LaterCorrection;
import dev.unerring.run.RunResult;
import dev.unerring.run.TrainedRun;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import java.io.PrintWriter;
import java.nio.file.Path;
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

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;
  @Mixin private RunOptions run;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--add",
      paramLabel = "new.npz",
      description =
          "Samples that were found later: arrays images (uint8) and labels (integers), in the"
              + " shapes of the run's data; or train_images and train_labels.")
  private Path add;

  @Option(
      names = "--skip-contradictions",
      description =
          "Leave out new samples that are identical to others but have another label; else they"
              + " are named and nothing is learned.")
  private boolean skipContradictions;

  @Option(
      names = "--out",
      paramLabel = "DIR2",
      description = "New folder for the new version; default DIR-v2, DIR-v3, ... beside DIR.")
  private Path out;

  @Option(
      names = "--data",
      paramLabel = "X",
      description = "Where the run's data are now; default: the file that the run recorded.")
  private String data;

  @Option(
      names = "--corrector",
      paramLabel = "NAME",
      description =
          "focus, tunneling, patch, or auto: all three until nothing is left; default: that of"
              + " --config, else of the run; auto where it had none.")
  private String corrector;

  @Option(
      names = "--config",
      paramLabel = "plan.json",
      description = "A plan whose \"correction\" is taken; default: the run's.")
  private Path config;

  @Option(
      names = "--max-time",
      paramLabel = "T",
      description =
          "Give up at the first step boundary after this time (90, 90s, 10m, 2h); nothing is"
              + " written then.")
  private String maxTime;

  @Option(names = "--no-progress", description = "Plain lines instead of a progress bar.")
  private boolean noProgress;

  CorrectCommand() {}

  @Override
  public Integer call() {
    long start = System.nanoTime();
    long deadline = maxTime == null ? Long.MAX_VALUE : start + Durations.nanos(maxTime);
    CorrectionPlan budgets =
        config == null ? null : TrainCommand.PlanOptions.read(config).correction();
    Method method = corrector == null ? null : Method.parse(corrector, "--corrector");
    TrainedRun trained = run.run();
    CorrectionRequest request =
        new CorrectionRequest(
            trained,
            run.file(trained, data),
            add,
            skipContradictions,
            out,
            budgets,
            method,
            device.device(),
            Version.number());
    PrintWriter err = spec.commandLine().getErr();
    Interrupt interrupt = main.interrupt();
    boolean bar = !noProgress && WorkTerminal.onTerminal();
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
    if (!result.get().goalReached()) {
      err.println(missed(result.get(), trained));
      return interrupt.requested() ? INTERRUPTED : GOAL_NOT_REACHED;
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(Summary.of(result.get()));
    stdout.flush();
    return 0;
  }

  private static String missed(RunResult result, TrainedRun trained) {
    return "unerring: "
        + result.trainErrors()
        + " training errors are left, the floor is "
        + result.floor()
        + " (ended by: "
        + result.endedBy()
        + "); no new version is written and "
        + trained.name()
        + " is as it was; give more time, or --corrector auto, which ends at the floor";
  }
}
