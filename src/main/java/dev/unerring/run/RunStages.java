// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.audit.LabelAudit;
import dev.unerring.audit.LabelConflict;
import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.data.Dataset;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.Task;
import dev.unerring.errors.ErrorList;
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
 * @param errorsAfterTraining training errors before correction; empty where they were not counted
 * @param corrections what each corrector did; empty where none was needed or allowed
 * @param corrected whether the model is another one than before correction
 * @param stop why the surroundings ended a correction that was needed
 * @param counted the count that is the result
 * @param bestTest test figures of the epoch with the best validation AUC; null for none
 */
record RunStages(
    Dataset data,
    LabelAudit audit,
    TrainingPlan plan,
    long parameters,
    TrainingResult training,
    Optional<Integer> errorsAfterTraining,
    List<CorrectionResult> corrections,
    boolean corrected,
    Optional<String> stop,
    Counted counted,
    Metrics bestTest) {
  /** What the model of a base line is. */
  static final String BASE_LINE = "best validation epoch";

  /** Conflicts that are named beside the result. */
  private static final int SHOWN = 20;

  RunResult result(Path folder, Map<String, Object> device, Map<String, Object> seconds) {
    Optional<ErrorList> errors = counted.errors();
    int trainErrors = errors.map(ErrorList::count).orElse(RunResult.NOT_COUNTED);
    String endedBy = counted.complete() && trainErrors <= audit.floor() ? "floor" : endedBy();
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
    json.put("trainDecisions", (long) data.train().size() * data.train().labelCount());
    json.put("trainErrors", number(errors.map(ErrorList::count)));
    json.put("recheck", counted.toJson());
    Optional<Recheck> recheck = counted.recheck();
    json.put("trainErrorsBeforePatch", number(recheck.map(r -> r.patches().errorsBefore())));
    json.put("patches", (long) counted.patches());
    json.put("patchedSamples", number(recheck.map(r -> r.patches().samples())));
    json.put("containsTrainingImages", counted.patches() > 0);
    json.put("floor", (long) audit.floor());
    json.put("floorAfterPreprocessing", (long) preprocessed.errors());
    if (!preprocessed.madeEqual().isEmpty()) {
      json.put("madeEqualByPreprocessing", preprocessed.toJson());
    }
    json.put("trainWrongSamples", number(errors.map(ErrorList::wrongSamples)));
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
    json.put("trainErrorsAfterTraining", number(errorsAfterTraining));
    json.put("correctionRounds", corrections.stream().mapToLong(c -> c.rounds().size()).sum());
    json.put("correctionSteps", corrections.stream().mapToLong(CorrectionResult::steps).sum());
    json.put("corrections", corrections.stream().map(CorrectionResult::toJson).toList());
    json.put("val", recheck.map(r -> verdict(r.val())).orElse(null));
    json.put("test", recheck.map(r -> verdict(r.test())).orElse(null));
    if (!plan.costs().none() && recheck.isPresent()) {
      CostReport report =
          new CostReport(
              plan.costs(), data.labelNames(), recheck.get(), training.rows(), corrections);
      json.put("costs", report.toJson());
    }
    json.put("bestValidation", bestTest == null ? null : best(training.bestEpoch(), bestTest));
    json.putAll(device);
    json.put("weightsSha256", counted.weightsSha256());
    json.put("logitsSha256", recheck.map(Recheck::logitsSha256).orElse(null));
    json.put("referenceSamples", (long) recheck.map(Recheck::referenceSamples).orElse(0));
    json.put("seconds", seconds);
    json.put("endedBy", endedBy);
    return new RunResult(
        folder, json, trainErrors, audit.floor(), conflicts(), plan.baseLine(), endedBy);
  }

  /** Null for what was not counted. */
  private static Long number(Optional<Integer> counted) {
    return counted.map(Integer::longValue).orElse(null);
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
    if (stop.isEmpty() && !counted.complete()) {
      return counted.endedBy();
    }
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
