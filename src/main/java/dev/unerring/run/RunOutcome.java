// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.EndedBy;
import dev.unerring.audit.LabelAudit;
import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.data.Dataset;
import dev.unerring.data.Fit;
import dev.unerring.data.Task;
import dev.unerring.errors.ErrorList;
import dev.unerring.report.DataFacts;
import dev.unerring.report.ModelFacts;
import dev.unerring.report.ModelFacts.Kind;
import dev.unerring.report.RunReport;
import dev.unerring.report.RunReport.BestEpoch;
import dev.unerring.report.SplitFigures;
import dev.unerring.report.SplitFigures.Accuracy;
import dev.unerring.report.TrainErrors;
import dev.unerring.report.WorkDone;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run left, from which its report is made.
 *
 * @param data the closed world
 * @param worked what training and correction left
 * @param counted the count that is the result
 */
record RunOutcome(
    Dataset data,
    LabelAudit audit,
    TrainingPlan plan,
    Lineage lineage,
    Worked worked,
    Counted counted) {

  RunReport report(Map<String, Double> seconds) {
    Optional<Recheck> recheck = counted.recheck();
    TrainingResult training = worked.training();
    ModelFacts model =
        new ModelFacts(plan.architecture(), kind(), worked.parameters(), plan.seed());
    TrainErrors train = trainErrors();
    WorkDone work = workDone();
    Optional<SplitFigures> val = recheck.map(each -> SplitFigures.of(each.val()));
    return new RunReport(
        dataFacts(),
        model,
        train,
        work,
        val,
        recheck.map(each -> SplitFigures.of(each.test())),
        recheck
            .filter(_ -> !plan.costs().none())
            .map(each ->
                CostReport.of(
                    plan.costs(), data.labelNames(), each, training.rows(), worked.corrections())),
        counted.bestTest().map(test -> new BestEpoch(training.bestEpoch(), Accuracy.of(test))),
        worked.machine(),
        counted.weightsSha256(),
        recheck.map(Recheck::logitsSha256),
        recheck.map(Recheck::referenceSamples).orElse(0),
        seconds,
        endedBy(),
        lineage.line(train, work, val, counted.weightsSha256()),
        Map.of());
  }

  private Kind kind() {
    if (plan.baseLine()) {
      return Kind.BEST_VALIDATION;
    }
    return worked.corrected() ? Kind.CORRECTED : lineage.isFirst() ? Kind.LAST_STEP : Kind.PARENT;
  }

  private DataFacts dataFacts() {
    return new DataFacts(
        data.name(),
        data.synthetic(),
        data.md5(),
        data.sha256(),
        data.contentSha256(),
        data.task().manifestName(),
        data.labelNames(),
        data.fit().map(Fit::word));
  }

  private TrainErrors trainErrors() {
    Optional<ErrorList> errors = counted.errors();
    Optional<Recheck.PatchVerdict> patches = counted.recheck().map(Recheck::patches);
    PreprocessedFloor preprocessed = PreprocessedFloor.of(data, audit, plan.architecture());
    boolean several = data.task() == Task.MULTI_LABEL;
    return new TrainErrors(
        data.train().size(),
        (long) data.train().size() * data.train().labelCount(),
        errors.map(ErrorList::count),
        counted.progress(),
        patches.map(Recheck.PatchVerdict::errorsBefore),
        counted.patches(),
        patches.map(Recheck.PatchVerdict::samples),
        audit.floor(),
        preprocessed.errors(),
        preprocessed.madeEqual(),
        errors.map(ErrorList::wrongSamples),
        audit.sampleFloor(),
        Optional.of(Arrays.stream(audit.floorByLabel()).boxed().toList()).filter(_ -> several),
        Optional.of(audit.sampleFloorText()).filter(_ -> several),
        audit.conflicts().size());
  }

  private WorkDone workDone() {
    return new WorkDone(
        worked.training().rows().size(),
        worked.training().steps(),
        worked.found().map(ErrorList::count),
        worked.corrections().stream()
            .map(each ->
                new WorkDone.Correction(
                    each.corrector(),
                    each.errorsBefore(),
                    each.errorsAfter(),
                    each.rounds().size(),
                    each.steps(),
                    each.endedBy(),
                    each.plateau()))
            .toList());
  }

  private EndedBy endedBy() {
    if (counted.complete() && counted.errors().orElseThrow().count() <= audit.floor()) {
      return EndedBy.FLOOR;
    }
    List<CorrectionResult> corrections = worked.corrections();
    EndedBy own =
        corrections.isEmpty() ? worked.training().endedBy() : corrections.getLast().endedBy();
    return worked.stop().or(counted::endedBy).orElse(own);
  }
}
