package dev.unerring.run;

import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.LabelAudit;
import dev.unerring.dataset.LabelConflict;
import dev.unerring.dataset.LabelledSample;
import dev.unerring.dataset.Task;
import dev.unerring.errors.Metrics;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the stages of a run left, from which the result is made.
 *
 * @param parameters number of trained values
 * @param errorsAfterTraining training errors before correction
 * @param corrections what each corrector did; empty where none was needed or allowed
 * @param corrected whether the model is another one than before correction
 * @param stop why the surroundings ended a correction that was needed
 * @param recheck the count that is the result
 * @param bestTest test figures of the epoch with the best validation AUC; null for none
 */
record RunStages(
    Dataset data,
    LabelAudit audit,
    TrainingPlan plan,
    long parameters,
    TrainingResult training,
    int errorsAfterTraining,
    List<CorrectionResult> corrections,
    boolean corrected,
    Optional<String> stop,
    Recheck recheck,
    Metrics bestTest) {
  /** What the model of a base line is. */
  static final String BASE_LINE = "best validation epoch";

  /** Conflicts that are named beside the result. */
  private static final int SHOWN = 20;

  RunResult result(Path folder, Map<String, Object> device, Map<String, Object> seconds) {
    int trainErrors = recheck.train().errors().count();
    String endedBy = trainErrors <= audit.floor() ? "floor" : endedBy();
    PreprocessedFloor preprocessed = PreprocessedFloor.of(data, audit, plan.architecture());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("data", data.name());
    if (data.synthetic()) {
      json.put("synthetic", true);
    }
    json.put("dataMd5", data.md5());
    json.put("dataSha256", data.sha256());
    json.put("dataContentSha256", data.contentSha256());
    json.put("task", data.task().manifestName());
    json.put("labels", data.labelNames());
    data.fit().ifPresent(fit -> json.put("fit", fit.word()));
    json.put("arch", plan.architecture());
    json.put("model", plan.baseLine() ? BASE_LINE : corrected ? "corrected" : "last step");
    json.put("parameters", parameters);
    json.put("seed", plan.seed());
    json.put("trainSamples", (long) data.train().size());
    json.put("trainDecisions", recheck.train().errors().decisions());
    json.put("trainErrors", (long) trainErrors);
    json.put("trainErrorsBeforePatch", (long) recheck.patches().errorsBefore());
    json.put("patches", (long) recheck.patches().patches());
    json.put("patchedSamples", (long) recheck.patches().samples());
    json.put("containsTrainingImages", recheck.patches().patches() > 0);
    json.put("floor", (long) audit.floor());
    json.put("floorAfterPreprocessing", (long) preprocessed.errors());
    if (!preprocessed.madeEqual().isEmpty()) {
      json.put("madeEqualByPreprocessing", preprocessed.toJson());
    }
    json.put("trainWrongSamples", (long) recheck.train().errors().wrongSamples());
    json.put("sampleFloor", (long) audit.sampleFloor());
    if (data.task() == Task.MULTI_LABEL) {
      json.put(
          "floorByLabel",
          Arrays.stream(audit.floorByLabel()).mapToObj(f -> (Object) (long) f).toList());
      json.put("sampleFloorNote", audit.sampleFloorText());
    }
    json.put("labelConflicts", (long) audit.conflicts().size());
    json.put("epochs", (long) training.rows().size());
    json.put("trainSteps", training.steps());
    json.put("trainErrorsAfterTraining", (long) errorsAfterTraining);
    json.put("correctionRounds", corrections.stream().mapToLong(c -> c.rounds().size()).sum());
    json.put("correctionSteps", corrections.stream().mapToLong(CorrectionResult::steps).sum());
    json.put("corrections", corrections.stream().map(CorrectionResult::toJson).toList());
    json.put("val", verdict(recheck.val()));
    json.put("test", verdict(recheck.test()));
    if (!plan.costs().none()) {
      CostReport report =
          new CostReport(plan.costs(), data.labelNames(), recheck, training.rows(), corrections);
      json.put("costs", report.toJson());
    }
    json.put("bestValidation", bestTest == null ? null : best(training.bestEpoch(), bestTest));
    json.putAll(device);
    json.put("weightsSha256", recheck.weightsSha256());
    json.put("logitsSha256", recheck.logitsSha256());
    json.put("referenceSamples", (long) recheck.referenceSamples());
    json.put("seconds", seconds);
    json.put("endedBy", endedBy);
    return new RunResult(
        folder, json, trainErrors, audit.floor(), conflicts(), plan.baseLine(), endedBy);
  }

  private List<String> conflicts() {
    List<String> lines = new ArrayList<>();
    for (LabelConflict conflict : audit.conflicts()) {
      if (lines.size() == SHOWN) {
        lines.add("and " + (audit.conflicts().size() - SHOWN) + " more, all in audit.json");
        break;
      }
      String who =
          conflict.samples().stream()
              .map(LabelledSample::toString)
              .collect(Collectors.joining(" = "));
      List<String> follows = new ArrayList<>(conflict.proofs());
      conflict.consequence().ifPresent(follows::add);
      lines.add("identical: " + who + ": " + String.join("; ", follows));
    }
    return lines;
  }

  private String endedBy() {
    return stop.orElse(
        corrections.isEmpty() ? training.endedBy() : corrections.getLast().endedBy());
  }

  private static Map<String, Object> verdict(Recheck.SplitVerdict verdict) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", (long) verdict.errors().samples());
    json.put("decisions", verdict.errors().decisions());
    json.put("errors", (long) verdict.errors().count());
    json.put("wrongSamples", (long) verdict.errors().wrongSamples());
    json.putAll(figures(verdict.metrics()));
    return json;
  }

  private static Map<String, Object> best(int epoch, Metrics test) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("epoch", (long) epoch);
    json.put("test", figures(test));
    return json;
  }

  private static Map<String, Object> figures(Metrics metrics) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("acc", metrics.acc());
    json.put("auc", Double.isNaN(metrics.auc()) ? null : metrics.auc());
    if (!metrics.withoutAuc().isEmpty()) {
      json.put(
          "classesWithoutAuc", metrics.withoutAuc().stream().map(c -> (Object) (long) c).toList());
    }
    return json;
  }
}
