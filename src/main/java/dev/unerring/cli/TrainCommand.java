// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.EndedBy;
import dev.unerring.UsageException;
import dev.unerring.run.Device;
import dev.unerring.run.Keeping;
import dev.unerring.run.Pipeline;
import dev.unerring.run.ResumedRun;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.train.TrainingPlan;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code unerring train}: the main job. */
@Command(
    name = "train",
    description =
        "Trains until the training errors are at the proved floor, then counts them " + "again.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  private static final int GOAL_NOT_REACHED = 3;
  private static final int RUN_AGAIN = 75;
  private static final int INTERRUPTED = 130;

  /** What changes no bit. */
  private static final List<String> WITH_RESUME =
      List.of(
          "--resume",
          "--data",
          "--root",
          "--device",
          "--threads",
          "--kernels",
          "--max-time",
          "--checkpoint-every",
          "--tensorboard",
          "--no-report",
          "--no-progress");

  @ParentCommand private Main main;
  @Spec private CommandSpec spec;
  @Mixin private DataOption data;
  @Mixin private PlanOptions plan;
  @Mixin private CostOption costs;
  @Mixin private DeviceOptions device;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "New folder for the results; default runs/<data>-<arch>-seed<seed>.")
  private Path out;

  @Option(
      names = "--max-time",
      paramLabel = "T",
      description =
          "Stop training and correction after this time (90, 90s, 10m, 2h) and save the model; a"
              + " tenth of it more, at least 10 s, is left for the re-check.")
  private String maxTime;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on with the run in this folder, which was stopped or killed, to the same bits. Its"
              + " plan and its data are used; threads and device may be others.")
  private Path resume;

  @Option(
      names = "--resume-or-start",
      description =
          "Go on with the run in --out where one was begun there, else start it; ends with 75"
              + " where the run was stopped and the same command goes on with it.")
  private boolean resumeOrStart;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "T",
      description =
          "Time between two checkpoints (90, 90s, 10m, 2h); default: so long that saving takes at"
              + " most a fiftieth of the time. A file checkpoint-now in the folder asks for one.")
  private String checkpointEvery;

  @Option(
      names = "--tensorboard",
      arity = "0..1",
      fallbackValue = TensorBoard.FOLDER,
      paramLabel = "DIR",
      description =
          "Write events for TensorBoard to a folder of this run in DIR, after every epoch; DIR is"
              + " runs/tensorboard where none is named.")
  private Path tensorboard;

  @Option(
      names = "--no-report",
      description = "Leave out report.html, the page that shows the run.")
  private boolean noReport;

  @Option(names = "--no-progress", description = "Plain lines instead of a progress bar.")
  private boolean noProgress;

  TrainCommand() {}

  @Override
  public Integer call() {
    long start = System.nanoTime();
    long deadline =
        maxTime == null ? Long.MAX_VALUE : start + Durations.nanos("--max-time", maxTime);
    RunRequest request = request();
    PrintWriter err = spec.commandLine().getErr();
    Interrupt interrupt = main.interrupt();
    Terminal terminal = new Terminal(err, drawsBar(), deadline, interrupt);
    Path file = request.data();
    Optional<TensorBoard> board = board(request, terminal);
    RunResult result;
    try {
      result = Pipeline.train(request, terminal, System::nanoTime);
      if (board.isPresent() && !interrupt.requested()) {
        board.get().end(result.folder(), file);
      }
    } finally {
      board.ifPresent(TensorBoard::close);
      terminal.clear();
    }
    PrintWriter stdout = spec.commandLine().getOut();
    stdout.print(Summary.of(result));
    stdout.flush();
    if (!noReport && !interrupt.requested()) {
      err.println(EndReport.write(result.folder(), file, device.onProcessor(), terminal));
      terminal.clear();
    }
    String goOn = resumeOrStart ? "the same command" : "unerring train --resume " + result.folder();
    EndedBy end = result.report().endedBy();
    boolean more = !result.goalReached() && (end == EndedBy.STOP || end == EndedBy.TIME);
    int code = 0;
    if (interrupt.requested()) {
      err.println(GoalMissed.interrupted(result, goOn));
      code = INTERRUPTED;
    } else if (!result.goalReached()) {
      err.println(GoalMissed.train(result) + (more ? "; to go on: " + goOn : ""));
      code = GOAL_NOT_REACHED;
    }
    return more && resumeOrStart ? RUN_AGAIN : code;
  }

  private RunRequest request() {
    long every =
        checkpointEvery == null ? 0 : Durations.nanos("--checkpoint-every", checkpointEvery);
    if (resume != null) {
      requireNoPlan();
      Keeping keeping = new Keeping(true, every);
      return ResumedRun.request(resume, data.given().orElse(null), device.device(), keeping);
    }
    if (resumeOrStart && out == null) {
      throw new UsageException("--resume-or-start goes with --out, the folder of the run; name it");
    }
    TrainingPlan chosen = plan.plan();
    Device where = device.device();
    return new RunRequest(data.file(), out, chosen, where, costs.options())
        .with(new Keeping(resumeOrStart, every));
  }

  /** A run that goes on has the plan that it was begun with. */
  private void requireNoPlan() {
    for (OptionSpec each : spec.commandLine().getParseResult().matchedOptions()) {
      if (!WITH_RESUME.contains(each.longestName())) {
        throw new UsageException(
            "--resume goes on with the plan and the folder "
                + resume
                + "; leave out "
                + each.longestName());
      }
    }
  }

  private Optional<TensorBoard> board(RunRequest request, Terminal terminal) {
    if (tensorboard == null) {
      return Optional.empty();
    }
    TrainingPlan chosen = request.plan();
    Path folder = TensorBoard.folder(tensorboard, request.out(), request.data(), chosen);
    TensorBoard board = new TensorBoard(folder, chosen, terminal::note);
    terminal.alsoTell(board::epoch);
    return Optional.of(board);
  }

  private boolean drawsBar() {
    return !noProgress && StandardStream.drawsOnStderr();
  }
}
