// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.errors.Costs;
import dev.unerring.network.Architectures;
import dev.unerring.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
  private static final int PATIENCE = 20;

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

  /** A plan of ordered arithmetic and endless patience in which every error costs the same. */
  public TrainingPlan(
      String architecture,
      long seed,
      int epochs,
      int batchSize,
      LearningRate learningRate,
      double weightDecay,
      double batchNormMomentum,
      double primeTo,
      boolean stopAtFloor,
      CorrectionPlan correction) {
    this(
        architecture,
        seed,
        epochs,
        batchSize,
        learningRate,
        weightDecay,
        batchNormMomentum,
        primeTo,
        0,
        stopAtFloor,
        correction,
        Costs.NONE,
        Arithmetic.ORDERED);
  }

  /** The default choices; their measurement stands in docs/decisions.md. */
  public static TrainingPlan standard() {
    return new TrainingPlan(
        Architectures.AUTO,
        0,
        300,
        0,
        LearningRate.constant(5e-4),
        0.0,
        0.1,
        0.0,
        PATIENCE,
        true,
        CorrectionPlan.standard(),
        Costs.NONE,
        Arithmetic.ORDERED);
  }

  /**
   * The official MedMNIST recipe (Yang et al., Scientific Data 2023), for the base line: ResNet-18,
   * Adam at 1e-3, a tenth of it from half of 100 epochs on and again from three quarters; the epoch
   * with the best validation AUC is the model; nothing is corrected.
   */
  public static TrainingPlan medmnist() {
    return new TrainingPlan(
        Architectures.RESNET_18,
        0,
        100,
        0,
        new LearningRate(1e-3, List.of(0.5, 0.75), 0.1),
        0.0,
        0.1,
        0.0,
        false,
        CorrectionPlan.standard().with(CorrectionPlan.Method.NONE));
  }

  /**
   * The published setting of gradient descent tunneling (Deng, arXiv 2312.16060): a d-n-K network,
   * all samples in one step, no other training; see {@code PublishedTunneling}.
   */
  public static TrainingPlan deng2023() {
    return new TrainingPlan(
        Architectures.DENG + "40",
        0,
        0,
        65_536,
        LearningRate.constant(0.01),
        0.0,
        0.1,
        0.05,
        true,
        CorrectionPlan.published());
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
    return with(
        architecture.equals(Architectures.AUTO) ? Architectures.choose(image) : architecture,
        batchSize > 0 ? batchSize : image.d() == 1 ? BATCH_2D : BATCH_3D,
        correction,
        costs,
        arithmetic);
  }

  /** The same plan with another arithmetic. */
  public TrainingPlan with(Arithmetic other) {
    return with(architecture, batchSize, correction, costs, other);
  }

  /** The same plan with another correction. */
  public TrainingPlan with(CorrectionPlan other) {
    return with(architecture, batchSize, other, costs, arithmetic);
  }

  /** The same plan with other costs. */
  public TrainingPlan with(Costs others) {
    return with(architecture, batchSize, correction, others, arithmetic);
  }

  private TrainingPlan with(
      String network, int samples, CorrectionPlan corrected, Costs others, Arithmetic other) {
    return new TrainingPlan(
        network,
        seed,
        epochs,
        samples,
        learningRate,
        weightDecay,
        batchNormMomentum,
        primeTo,
        patience,
        stopAtFloor,
        corrected,
        others,
        other);
  }

  /** The plan as a JSON object with every default written out; costs only where there are any. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", SCHEMA);
    json.put("architecture", architecture);
    json.put("seed", seed);
    json.put("epochs", (long) epochs);
    json.put("batchSize", (long) batchSize);
    json.put("learningRate", learningRate.first());
    json.put("dropAt", List.copyOf(learningRate.drops()));
    json.put("dropFactor", learningRate.factor());
    json.put("weightDecay", weightDecay);
    json.put("batchNormMomentum", batchNormMomentum);
    json.put("primeTo", primeTo);
    json.put("patience", (long) patience);
    json.put("stopAtFloor", stopAtFloor);
    json.put("correction", correction.toJson());
    if (!costs.none()) {
      json.put("costs", costs.toJson());
    }
    json.put("arithmetic", arithmetic.label());
    if (arithmetic.ofModel() != arithmetic) {
      json.put("precision", arithmetic.precision());
    }
    return json;
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

  /** The same, but absent keys are those of {@code d}. */
  public static TrainingPlan fromJson(Object json, String source, TrainingPlan d) {
    PlanReader reader = new PlanReader(json, source);
    if (reader.integer("schema", SCHEMA) != SCHEMA) {
      throw new DataException(source + ": this version reads plans of schema " + SCHEMA + " only");
    }
    try {
      TrainingPlan plan =
          new TrainingPlan(
              reader.text("architecture", d.architecture),
              reader.integer("seed", d.seed),
              reader.small("epochs", d.epochs),
              reader.small("batchSize", d.batchSize),
              new LearningRate(
                  reader.real("learningRate", d.learningRate.first()),
                  reader.reals("dropAt", d.learningRate.drops()),
                  reader.real("dropFactor", d.learningRate.factor())),
              reader.real("weightDecay", d.weightDecay),
              reader.real("batchNormMomentum", d.batchNormMomentum),
              reader.real("primeTo", d.primeTo),
              reader.small("patience", d.patience),
              reader.flag("stopAtFloor", d.stopAtFloor),
              CorrectionPlan.fromJson(reader.object("correction"), source, d.correction),
              reader.has("costs") ? Costs.fromJson(reader.object("costs"), source) : d.costs,
              arithmetic(reader, d.arithmetic));
      reader.refuseOthers();
      return plan;
    } catch (UsageException e) {
      throw new DataException(source + ": " + e.getMessage(), e);
    }
  }

  private static Arithmetic arithmetic(PlanReader reader, Arithmetic d) {
    String label = reader.text("arithmetic", d.label());
    if (reader.has("precision")) {
      return Arithmetic.of(label, reader.text("precision", d.precision()));
    }
    return label.equals(d.label()) ? d : Arithmetic.of(label, null);
  }
}
