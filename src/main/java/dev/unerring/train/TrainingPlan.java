// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import static dev.unerring.base.JsonForm.FLAG;
import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.LONG;
import static dev.unerring.base.JsonForm.REAL;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.object;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.base.JsonForm;
import dev.unerring.base.JsonForm.Place;
import dev.unerring.base.JsonForm.Type;
import dev.unerring.errors.Costs;
import dev.unerring.network.Architectures;
import dev.unerring.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Every choice that may change bits, and nothing else: a run is a function of (plan, data, code).
 *
 * @param architecture name of the network; {@code auto} until {@link #resolved}
 * @param seed of every random number, from -2^53 to 2^53
 * @param epochs most passes over the training set
 * @param batchSize samples of a step, 0 until {@link #resolved}; the last batch of an epoch may be
 *     smaller
 * @param learningRate Adam's
 * @param weightDecay coupled L2 factor
 * @param batchNormMomentum share of a batch's statistics in the running ones
 * @param primeTo share of training decisions that may still be wrong when correction takes over; 0
 *     trains until the floor
 * @param patience epochs in a row without fewer training errors than ever before after which the
 *     corrector takes over; 0 for never
 * @param stopAtFloor whether training ends when it needs no more; false trains all epochs, see
 *     {@link #baseLine}
 * @param correction the correction stage
 * @param costs what each error costs; the order of classes is that of the data
 * @param arithmetic what carries out the training phase
 */
public record TrainingPlan(
    String architecture,
    long seed,
    int epochs,
    int batchSize,
    LearningRate learningRate,
    double weightDecay,
    double batchNormMomentum,
    double primeTo,
    int patience,
    boolean stopAtFloor,
    CorrectionPlan correction,
    Costs costs,
    Arithmetic arithmetic) {
  private static final long SCHEMA = 1;
  private static final int BATCH_2D = 128;
  private static final int BATCH_3D = 32;
  private static final Type<Costs> COSTS =
      new Type<>((json, place, _) -> Costs.fromJson(json, place.source()), Costs::toJson);

  /** Integers up to here are exact in JSON. */
  private static final long LARGEST_SEED = 1L << 53;

  /** Checks the ranges. */
  public TrainingPlan {
    Architectures.requireKnown(architecture);
    Ranges.require(seed >= -LARGEST_SEED && seed <= LARGEST_SEED, "seed", seed, "-2^53 to 2^53");
    Ranges.require(epochs >= 0 && epochs <= 1_000_000, "epochs", epochs, "0 to 1000000");
    boolean size = batchSize == 0 || (batchSize >= 2 && batchSize <= 65_536);
    Ranges.require(size, "batchSize", batchSize, "2 to 65536");
    Ranges.require(weightDecay >= 0 && weightDecay <= 1, "weightDecay", weightDecay, "0 to 1");
    Ranges.require(
        batchNormMomentum > 0 && batchNormMomentum <= 1,
        "batchNormMomentum",
        batchNormMomentum,
        "above 0, at most 1");
    Ranges.require(primeTo >= 0 && primeTo <= 1, "primeTo", primeTo, "0 to 1");
    Ranges.require(patience >= 0 && patience <= 1_000_000, "patience", patience, "0 to 1000000");
    boolean idle = epochs == 0 && correction.method() == CorrectionPlan.Method.NONE;
    Ranges.require(!idle, "epochs", epochs, "at least 1 where no corrector follows");
  }

  /** The default choices. */
  public static TrainingPlan standard() {
    return new Choices().plan();
  }

  /**
   * The official MedMNIST recipe (Yang et al., Scientific Data 2023), for the base line: ResNet-18,
   * Adam at 1e-3, a tenth of it from half of 100 epochs on and again from three quarters; the epoch
   * with the best validation AUC is the model; nothing is corrected.
   */
  public static TrainingPlan medmnist() {
    return standard()
        .with(plan -> {
          plan.architecture = Architectures.RESNET_18;
          plan.epochs = 100;
          plan.learningRate = new LearningRate(1e-3, List.of(0.5, 0.75), 0.1);
          plan.patience = 0;
          plan.stopAtFloor = false;
          plan.correction = plan.correction.with(CorrectionPlan.Method.NONE);
        });
  }

  /**
   * The published setting of gradient descent tunneling (Deng, arXiv 2312.16060): a d-n-K network,
   * all samples in one step, no other training; see {@code PublishedTunneling}.
   */
  public static TrainingPlan deng2023() {
    return standard()
        .with(plan -> {
          plan.architecture = Architectures.DENG + "40";
          plan.epochs = 0;
          plan.batchSize = 65_536;
          plan.learningRate = LearningRate.constant(0.01);
          plan.primeTo = 0.05;
          plan.patience = 0;
          plan.correction = CorrectionPlan.published();
        });
  }

  /**
   * Whether the plan is one for a base line: all epochs, no correction, and the epoch with the best
   * validation AUC is the model, as in the official recipe.
   */
  public boolean baseLine() {
    return !stopAtFloor && correction.method() == CorrectionPlan.Method.NONE;
  }

  /** Whether a corrector takes over after so many epochs without gain. */
  boolean handsOver(int withoutGain) {
    boolean corrects = stopAtFloor && correction.method() != CorrectionPlan.Method.NONE;
    return corrects && patience > 0 && withoutGain >= patience;
  }

  /** The plan for images of this shape: no choice is open any more. */
  public TrainingPlan resolved(Shape image) {
    return with(plan -> {
      if (architecture.equals(Architectures.AUTO)) {
        plan.architecture = Architectures.choose(image);
      }
      if (batchSize == 0) {
        plan.batchSize = image.d() == 1 ? BATCH_2D : BATCH_3D;
      }
    });
  }

  /** The same plan with the choices that {@code changes} sets. */
  public TrainingPlan with(Consumer<Choices> changes) {
    Choices choices = new Choices(this);
    changes.accept(choices);
    return choices.plan();
  }

  /** The same plan with another correction. */
  public TrainingPlan with(CorrectionPlan other) {
    return with(plan -> plan.correction = other);
  }

  /** The plan as a JSON object with every default written out; costs only where there are any. */
  public Map<String, Object> toJson() {
    return JsonForm.write(TrainingPlan::form, this);
  }

  /**
   * Reads a plan; absent keys take the default, unknown ones are refused.
   *
   * @param source name of the file, for messages
   * @throws DataException where it is not a plan of this schema
   */
  public static TrainingPlan fromJson(Object json, String source) {
    return fromJson(json, source, standard());
  }

  /** The same, but absent keys are those of {@code defaults}. */
  public static TrainingPlan fromJson(Object json, String source, TrainingPlan defaults) {
    try {
      Place place = new Place(source, "plan", true);
      return JsonForm.read(TrainingPlan::form, json, place, () -> defaults);
    } catch (UsageException e) {
      throw new DataException(source + ": " + e.getMessage(), e);
    }
  }

  private static TrainingPlan form(JsonForm f, TrainingPlan v) {
    if (f.value("schema", LONG, () -> SCHEMA) != SCHEMA) {
      throw new UsageException("this version reads plans of schema " + SCHEMA + " only");
    }
    Choices c = new Choices();
    c.architecture = f.value("architecture", TEXT, () -> v.architecture);
    c.seed = f.value("seed", LONG, () -> v.seed);
    c.epochs = f.value("epochs", INTEGER, () -> v.epochs);
    c.batchSize = f.value("batchSize", INTEGER, () -> v.batchSize);
    c.learningRate = f.group(LearningRate::form, () -> v.learningRate);
    c.weightDecay = f.value("weightDecay", REAL, () -> v.weightDecay);
    c.batchNormMomentum = f.value("batchNormMomentum", REAL, () -> v.batchNormMomentum);
    c.primeTo = f.value("primeTo", REAL, () -> v.primeTo);
    c.patience = f.value("patience", INTEGER, () -> v.patience);
    c.stopAtFloor = f.value("stopAtFloor", FLAG, () -> v.stopAtFloor);
    c.correction = f.value("correction", object(CorrectionPlan::form), () -> v.correction);
    Optional<Costs> costs =
        f.optional("costs", COSTS, () -> Optional.of(v.costs).filter(each -> !each.none()));
    c.costs = costs.orElse(Costs.NONE);
    String arithmetic = f.value("arithmetic", TEXT, () -> v.arithmetic.label());
    Optional<String> precision =
        f.optional(
            "precision",
            TEXT,
            () ->
                Optional.of(v.arithmetic)
                    .filter(each -> each.label().equals(arithmetic) && each.ofModel() != each)
                    .map(Arithmetic::precision));
    c.arithmetic = Arithmetic.of(arithmetic, precision.orElse(null));
    return c.plan();
  }
}
