package dev.unerring.run;

import dev.unerring.train.CorrectionPlan;
import java.nio.file.Path;

/**
 * What to correct, and with what.
 *
 * @param run the version to go on from; its folder is only read
 * @param data file of its closed world
 * @param add npz file of newly found samples; null for none
 * @param skipContradictions whether new samples that contradict are left out; else all are refused
 * @param out folder of the new version, new or empty; null for the next one beside the run's
 * @param budgets of the correction; null for those of the run's plan
 * @param method who corrects; null for what the plan says
 * @param device where to compute
 * @param software version of the software, for the records
 */
public record CorrectionRequest(
    TrainedRun run,
    Path data,
    Path add,
    boolean skipContradictions,
    Path out,
    CorrectionPlan budgets,
    CorrectionPlan.Method method,
    Device device,
    String software) {}
