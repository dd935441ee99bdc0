// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.train.CorrectionPlan;
import java.nio.file.Path;

/**
 * What to correct, and with what.
 *
 * @param run the version to go on from; its folder is only read
 * @param data file of its closed world
 * @param add newly found samples; null for none
 * @param skipContradictions whether new samples that contradict are left out; else all are refused
 * @param out folder of the new version, new or empty; null for the next one beside the run's
 * @param correction who corrects, with which budgets; {@link TrainedRun#correction} for the run's
 * @param device where to compute
 */
public record CorrectionRequest(
    TrainedRun run,
    Path data,
    Added add,
    boolean skipContradictions,
    Path out,
    CorrectionPlan correction,
    Device device) {
  /** With a file or folder of new samples, null for none. */
  public CorrectionRequest(
      TrainedRun run,
      Path data,
      Path add,
      boolean skipContradictions,
      Path out,
      CorrectionPlan correction,
      Device device) {
    this(
        run,
        data,
        add == null ? null : AddedFiles.of(add, device.threads()),
        skipContradictions,
        out,
        correction,
        device);
  }

  /** By the run's own correction, on the data that it recorded; contradictions are refused. */
  public CorrectionRequest(TrainedRun run, Path add, Path out, Device device) {
    this(run, run.recordedData(), add, false, out, run.correction(), device);
  }
}
