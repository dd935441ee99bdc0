package dev.unerring.run;

import dev.unerring.base.UsageException;
import dev.unerring.correct.PublishedTunneling;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.Task;
import dev.unerring.train.CorrectionPlan;
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
 * @param costs what the user said of costs; it becomes part of the plan when the data are known
 */
public record RunRequest(
    Path data, Path out, TrainingPlan plan, Device device, String version, CostOptions costs) {
  /** With the costs of the plan. */
  public RunRequest(Path data, Path out, TrainingPlan plan, Device device, String version) {
    this(data, out, plan, device, version, CostOptions.NONE);
  }

  /** The same request with no choice of the plan left open, for these data. */
  RunRequest resolved(Dataset opened) {
    TrainingPlan resolved =
        plan.resolved(opened.imageShape()).with(costs.resolved(plan.costs(), opened));
    requirePublished(resolved, opened);
    return new RunRequest(data, out, resolved, device, version);
  }

  /** What {@link PublishedTunneling} cannot do is refused before anything is written. */
  private static void requirePublished(TrainingPlan plan, Dataset opened) {
    if (plan.correction().method() == CorrectionPlan.Method.DENG_2023) {
      if (!plan.costs().none()) {
        throw new UsageException(
            "deng-2023 is the published rule, to which every error costs the same; leave out costs,"
                + " class weights and a class that must not be missed");
      }
      boolean multiLabel = opened.task() == Task.MULTI_LABEL;
      PublishedTunneling.requireFit(multiLabel, opened.train().size(), plan.batchSize());
    }
  }
}
