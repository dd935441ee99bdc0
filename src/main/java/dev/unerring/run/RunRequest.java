// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.UsageException;
import dev.unerring.correct.PublishedTunneling;
import dev.unerring.data.ArrayData;
import dev.unerring.data.Dataset;
import dev.unerring.data.Task;
import dev.unerring.errors.Costs;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What to run.
 *
 * @param data file of the data set; of arrays the name of the file that will hold them
 * @param arrays a data set in memory, which the folder of the run will hold; null for none
 * @param out folder for the results, new or empty; null for a new one under runs/
 * @param plan every choice that changes bits
 * @param device where to compute
 * @param costs takes the place of the plan's costs when the data are known; null for those of the
 *     plan
 * @param keeping whether a run may go on in its folder, and how often it keeps a checkpoint
 */
public record RunRequest(
    Path data,
    ArrayData arrays,
    Path out,
    TrainingPlan plan,
    Device device,
    Function<Dataset, Costs> costs,
    Keeping keeping) {
  /** Of a file. */
  public RunRequest(
      Path data, Path out, TrainingPlan plan, Device device, Function<Dataset, Costs> costs) {
    this(data, null, out, plan, device, costs, Keeping.NEW);
  }

  /** Of a data set in memory, with the costs of the plan. */
  public RunRequest(ArrayData arrays, Path out, TrainingPlan plan, Device device) {
    this(Path.of(arrays.name() + ".npz"), arrays, out, plan, device, null, Keeping.NEW);
  }

  /** Of a file, with the costs of the plan. */
  public RunRequest(Path data, Path out, TrainingPlan plan, Device device) {
    this(data, out, plan, device, null);
  }

  /** The same request with checkpoints of another kind. */
  public RunRequest with(Keeping other) {
    return new RunRequest(data, arrays, out, plan, device, costs, other);
  }

  /** The same request for arrays that were stored. */
  RunRequest stored(Path file) {
    return new RunRequest(file, arrays, out, plan, device, costs, keeping);
  }

  /** The name of the data file that belongs to the folder of the run; empty for none. */
  String closedWorldFile() {
    boolean inside =
        out != null
            && data.toAbsolutePath().normalize().startsWith(out.toAbsolutePath().normalize());
    return arrays == null && !inside ? "" : data.getFileName().toString();
  }

  /** The same request with no choice of the plan left open, for these data. */
  RunRequest resolved(Dataset opened) {
    TrainingPlan resolved =
        plan.resolved(opened.imageShape()).with(c -> c.costs = costsFor(opened));
    requirePublished(resolved, opened);
    return new RunRequest(data, arrays, out, resolved, device, null, keeping);
  }

  private Costs costsFor(Dataset opened) {
    if (costs == null && plan.costs().none()) {
      return Costs.NONE;
    }
    if (opened.task() == Task.MULTI_LABEL) {
      throw new UsageException(
          "costs and class weights are for one class a sample; "
              + opened.name()
              + " has several labels a sample, each a decision of its own; leave them out");
    }
    Costs chosen = costs == null ? plan.costs() : costs.apply(opened);
    if (chosen.matrix().size() != opened.classes()) {
      throw new DataException(
          "the plan's costs are for "
              + chosen.matrix().size()
              + " classes, "
              + opened.name()
              + " has "
              + opened.classes());
    }
    return chosen;
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
