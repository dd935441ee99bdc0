// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.EndedBy;
import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.network.Architectures;
import dev.unerring.run.Keeping;
import dev.unerring.run.Pipeline;
import dev.unerring.run.ResumedRun;
import dev.unerring.run.RunRequest;
import dev.unerring.run.RunResult;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
  @Mixin private ShowOptions show;

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

  TrainCommand() {}

  @Override
  public Integer call() {
    long start = System.nanoTime();
    long deadline =
        maxTime == null ? Long.MAX_VALUE : start + Durations.nanos("--max-time", maxTime);
    RunRequest request = request();
    PrintWriter err = spec.commandLine().getErr();
    Interrupt interrupt = main.interrupt();
    Terminal terminal = new Terminal(err, show.drawsBar(), deadline, interrupt);
    Path file = request.data();
    Optional<TensorBoard> board = show.board(request, terminal);
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
    if (!interrupt.requested()) {
      show.page(result.folder(), file, device.onProcessor(), terminal).ifPresent(err::println);
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
    return new RunRequest(data.file(), out, chosen, device.device(), costs.options())
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

  /** Options that change the plan, and so the bits. */
  static final class PlanOptions {
    @Option(
        names = "--config",
        paramLabel = "plan.json",
        description = "A plan.json; options given beside it override it.")
    private Path config;

    @Option(
        names = "--recipe",
        completionCandidates = Choices.Recipes.class,
        paramLabel = "RECIPE",
        description =
            "Plan to start from: unerring (default), or medmnist, the official training recipe: the"
                + " base line, 100 epochs of ResNet-18, no correction.")
    private String recipe;

    @Option(
        names = "--preset",
        completionCandidates = Choices.Presets.class,
        paramLabel = "PRESET",
        description =
            "deng-2023: gradient descent tunneling as published, on a d-n-K network (--arch deng-N"
                + " names n).")
    private String preset;

    @Option(
        names = "--arch",
        completionCandidates = Choices.Networks.class,
        description =
            "Network: auto (default), small (28x28), small3d, resnet18, resnet50, deng-N.")
    private String arch;

    @Option(names = "--seed", description = "Seed of every random number; default 0.")
    private Long seed;

    @Option(names = "--epochs", description = "Largest number of epochs; default 300.")
    private Integer epochs;

    @Option(
        names = "--batch-size",
        description = "Samples in a step; default 128, for 3D images 32.")
    private Integer batchSize;

    @Option(names = "--lr", description = "Adam's learning rate; default 0.0005.")
    private Double learningRate;

    @Option(
        names = "--prime-to",
        paramLabel = "SHARE",
        description = "Share of training errors at which correction begins; default 0.")
    private Double primeTo;

    @Option(
        names = "--patience",
        paramLabel = "EPOCHS",
        description =
            "Correction begins after this many epochs in a row without fewer training "
                + "errors; default 20, 0: never.")
    private Integer patience;

    @Option(
        names = "--corrector",
        completionCandidates = Choices.Correctors.class,
        paramLabel = "CORRECTOR",
        description =
            "How errors left by training are corrected: focus, tunneling, patch (reaches "
                + "the floor on any data, but the model then contains training images), none, or "
                + "auto (default): the first three in this order until no error is left. "
                + "deng-2023 belongs to the preset.")
    private String corrector;

    @Option(
        names = "--arithmetic",
        completionCandidates = Choices.Arithmetics.class,
        paramLabel = "ARITHMETIC",
        description =
            "What carries out training: ordered (default: the same bits on every device), integer"
                + " (faster on a processor: products are exact sums of 12-bit numbers, the same bits"
                + " in any order; the model stays so), or cudnn (an NVIDIA GPU at full speed; the"
                + " same bits on the same kind of GPU with the same libraries; correction and the"
                + " final count are ordered).")
    private String arithmetic;

    @Option(
        names = "--precision",
        completionCandidates = Choices.Precisions.class,
        paramLabel = "PRECISION",
        description =
            "Of the products of --arithmetic cudnn: fp32 (default), or their operands rounded to"
                + " tf32 or bf16.")
    private String precision;

    PlanOptions() {}

    TrainingPlan plan() {
      if (Stream.of(config, recipe, preset).filter(Objects::nonNull).count() > 1) {
        throw new UsageException("--config, --recipe and --preset are plans; name one of them");
      }
      requirePublished();
      TrainingPlan p = config == null ? recipe() : read(config, TrainingPlan.standard());
      try {
        return overridden(p);
      } catch (UsageException e) {
        throw new UsageException(option(e.getMessage()) + e.getMessage(), e);
      }
    }

    /** What the published setting would not follow. */
    private void requirePublished() {
      if (preset == null) {
        return;
      }
      Object[][] others = {{"--lr", learningRate}, {"--epochs", epochs}, {"--patience", patience}};
      for (Object[] each : others) {
        if (each[1] != null) {
          throw new UsageException(
              "--preset deng-2023 takes full-batch steps of a fixed length and no epochs; leave out "
                  + each[0]
                  + ", which it would not follow");
        }
      }
      if (arch != null && !Architectures.isDeng(arch)) {
        throw new UsageException(
            "--preset deng-2023 is for the d-n-K networks: --arch deng-N, not " + arch);
      }
      boolean own = corrector == null || method(corrector) == Method.DENG_2023;
      if (!own) {
        throw new UsageException(
            "--preset deng-2023 is a corrector by itself; leave out --corrector, or the preset");
      }
    }

    private TrainingPlan overridden(TrainingPlan p) {
      if (batchSize != null && batchSize == 0) { // in a plan: by the shape of the images
        throw new UsageException("the plan's batchSize is 2 to 65536, not 0");
      }
      return p.with(c -> {
        c.architecture = arch == null ? c.architecture : arch;
        c.seed = seed == null ? c.seed : seed;
        c.epochs = epochs == null ? c.epochs : epochs;
        c.batchSize = batchSize == null ? c.batchSize : batchSize;
        c.learningRate =
            learningRate == null ? c.learningRate : c.learningRate.withFirst(learningRate);
        c.primeTo = primeTo == null ? c.primeTo : primeTo;
        c.patience = patience == null ? c.patience : patience;
        c.correction = corrector == null ? c.correction : c.correction.with(method(corrector));
        c.arithmetic = arithmetic(c.arithmetic);
      });
    }

    private static Method method(String corrector) {
      return Method.parse(corrector, "--corrector");
    }

    private Arithmetic arithmetic(Arithmetic planned) {
      String label = arithmetic == null ? planned.label() : arithmetic;
      return precision == null && label.equals(planned.label())
          ? planned
          : Arithmetic.of(label, precision);
    }

    /** The option that gave the value in a plan's message; empty for none. */
    private String option(String message) {
      Object[][] options = {
        {"--seed", "seed", seed},
        {"--epochs", "epochs", epochs},
        {"--batch-size", "batchSize", batchSize},
        {"--lr", "learningRate", learningRate},
        {"--prime-to", "primeTo", primeTo},
        {"--patience", "patience", patience}
      };
      for (Object[] each : options) {
        if (each[2] != null && message.startsWith("the plan's " + each[1] + " ")) {
          return each[0] + ": ";
        }
      }
      return "";
    }

    private TrainingPlan recipe() {
      if (preset != null && !preset.equals("deng-2023")) {
        throw new UsageException("--preset is deng-2023, not '" + preset + "'");
      }
      if (preset != null) {
        return TrainingPlan.deng2023();
      }
      return switch (recipe == null ? "unerring" : recipe) {
        case "unerring" -> TrainingPlan.standard();
        case "medmnist" -> TrainingPlan.medmnist();
        default ->
            throw new UsageException("--recipe is unerring or medmnist, not '" + recipe + "'");
      };
    }

    /**
     * The plan in a file.
     *
     * @param absent where its absent keys come from
     */
    static TrainingPlan read(Path file, TrainingPlan absent) {
      try {
        return TrainingPlan.fromJson(parsed(file), file.toString(), absent);
      } catch (IOException e) {
        throw new DataException(
            "--config " + file + " cannot be read: " + IoReason.of(e) + "; name a plan.json", e);
      }
    }

    private static Object parsed(Path file) throws IOException {
      try {
        return Json.parse(Files.readString(file, StandardCharsets.UTF_8));
      } catch (DataException e) {
        throw new DataException(file + " is not a plan: " + e.getMessage(), e);
      }
    }
  }
}
