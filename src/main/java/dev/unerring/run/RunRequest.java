package dev.unerring.run;

import dev.unerring.tensor.Shape;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Path;

/**
 * What to run.
 *
 * @param data file of the data set
 * @param out folder for the results, new or empty; null for a new one under runs/
 * @param plan every choice that changes bits
 * @param device where to compute
 * @param version of the software, for the records
 */
public record RunRequest(Path data, Path out, TrainingPlan plan, Device device, String version) {
  /** The same request with no choice of the plan left open, for images of this shape. */
  RunRequest resolved(Shape image) {
    return new RunRequest(data, out, plan.resolved(image), device, version);
  }
}
