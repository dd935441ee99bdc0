// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.network.Architectures;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Options that change the plan, and so the bits. */
final class PlanOptions {
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
