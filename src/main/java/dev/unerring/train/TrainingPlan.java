package dev.unerring.train;

import dev.unerring.base.DataException;
import dev.unerring.base.UsageException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every choice that changes bits, and nothing else: a run is a function of (plan, data, code).
 *
 * @param architecture name of the network
 * @param seed of every random number, from -2^53 to 2^53
 * @param epochs most passes over the training set
 * @param batchSize samples of a step; the last batch of an epoch may be smaller
 * @param learningRate Adam's, the same at every step of training
 * @param weightDecay coupled L2 factor
 * @param batchNormMomentum share of a batch's statistics in the running ones
 * @param primeTo share of training samples that may still be wrong when correction takes over; 0
 *     trains until the floor
 * @param correction the correction stage
 */
public record TrainingPlan(
    String architecture,
    long seed,
    int epochs,
    int batchSize,
    double learningRate,
    double weightDecay,
    double batchNormMomentum,
    double primeTo,
    CorrectionPlan correction) {
  private static final long SCHEMA = 1;

  /** Integers up to here are exact in JSON. */
  private static final long LARGEST_SEED = 1L << 53;

  /** Checks the ranges. */
  public TrainingPlan {
    Ranges.require(seed >= -LARGEST_SEED && seed <= LARGEST_SEED, "seed", seed, "-2^53 to 2^53");
    Ranges.require(epochs >= 0 && epochs <= 1_000_000, "epochs", epochs, "0 to 1000000");
    Ranges.require(batchSize >= 2 && batchSize <= 65_536, "batchSize", batchSize, "2 to 65536");
    Ranges.require(learningRate > 0 && learningRate <= 10, "learningRate", learningRate, "0 to 10");
    Ranges.require(weightDecay >= 0 && weightDecay <= 1, "weightDecay", weightDecay, "0 to 1");
    Ranges.require(
        batchNormMomentum > 0 && batchNormMomentum <= 1,
        "batchNormMomentum",
        batchNormMomentum,
        "above 0 to 1");
    Ranges.require(primeTo >= 0 && primeTo <= 1, "primeTo", primeTo, "0 to 1");
  }

  /** The default choices; their measurement stands in docs/decisions.md. */
  public static TrainingPlan standard() {
    return new TrainingPlan("small", 0, 300, 128, 5e-4, 0.0, 0.1, 0.0, CorrectionPlan.standard());
  }

  /** The plan as a JSON object with every default written out. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", SCHEMA);
    json.put("architecture", architecture);
    json.put("seed", seed);
    json.put("epochs", (long) epochs);
    json.put("batchSize", (long) batchSize);
    json.put("learningRate", learningRate);
    json.put("weightDecay", weightDecay);
    json.put("batchNormMomentum", batchNormMomentum);
    json.put("primeTo", primeTo);
    json.put("correction", correction.toJson());
    return json;
  }

  /**
   * Reads a plan; absent keys take the default, unknown ones are refused.
   *
   * @param source name of the file, for messages
   * @throws DataException where it is not a plan of this schema
   */
  public static TrainingPlan fromJson(Object json, String source) {
    PlanReader reader = new PlanReader(json, source);
    if (reader.integer("schema", SCHEMA) != SCHEMA) {
      throw new DataException(source + ": this version reads plans of schema " + SCHEMA + " only");
    }
    TrainingPlan d = standard();
    try {
      TrainingPlan plan =
          new TrainingPlan(
              reader.text("architecture", d.architecture),
              reader.integer("seed", d.seed),
              reader.small("epochs", d.epochs),
              reader.small("batchSize", d.batchSize),
              reader.real("learningRate", d.learningRate),
              reader.real("weightDecay", d.weightDecay),
              reader.real("batchNormMomentum", d.batchNormMomentum),
              reader.real("primeTo", d.primeTo),
              CorrectionPlan.fromJson(reader.object("correction"), source));
      reader.refuseOthers();
      return plan;
    } catch (UsageException e) {
      throw new DataException(source + ": " + e.getMessage(), e);
    }
  }
}
