package dev.unerring.run;

import dev.unerring.certify.Recheck;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.LabelAudit;
import dev.unerring.dataset.LabelConflict;
import dev.unerring.errors.Metrics;
import dev.unerring.train.TrainingPlan;
import dev.unerring.train.TrainingResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a run ended; result.json.
 *
 * @param json the object of result.json, in reading order
 * @param trainErrors errors on the training set, counted on the re-read model and data
 * @param floor least number the data allow
 * @param conflicts a line for each group of identical images with different labels
 * @param endedBy floor, plateau, sessions, epochs, or the reason of a stop from outside
 */
public record RunResult(
    Map<String, Object> json, int trainErrors, int floor, List<String> conflicts, String endedBy) {

  /** Whether the errors are at the floor. */
  public boolean goalReached() {
    return trainErrors <= floor;
  }

  static RunResult of(
      Dataset data,
      LabelAudit audit,
      TrainingPlan plan,
      long parameters,
      TrainingResult training,
      CorrectionResult correction,
      Recheck recheck,
      Metrics bestTest,
      Map<String, Object> device,
      Map<String, Object> seconds) {
    int trainErrors = recheck.train().errors().count();
    String endedBy = endedBy(trainErrors <= audit.floor(), training, correction);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("data", data.name());
    json.put("dataMd5", data.md5());
    json.put("dataSha256", data.sha256());
    json.put("dataContentSha256", data.contentSha256());
    json.put("arch", plan.architecture());
    json.put("parameters", parameters);
    json.put("seed", plan.seed());
    json.put("trainSamples", (long) data.train().size());
    json.put("trainErrors", (long) trainErrors);
    json.put("floor", (long) audit.floor());
    json.put("labelConflicts", (long) audit.conflicts().size());
    json.put("epochs", (long) training.rows().size());
    json.put("trainSteps", training.steps());
    json.put("trainErrorsAfterTraining", (long) training.trainErrors());
    json.put("correctionRounds", (long) (correction == null ? 0 : correction.rounds().size()));
    json.put("correctionSteps", correction == null ? 0L : correction.steps());
    json.put("val", verdict(recheck.val()));
    json.put("test", verdict(recheck.test()));
    json.put("bestValidation", bestTest == null ? null : best(training.bestEpoch(), bestTest));
    json.putAll(device);
    json.put("weightsSha256", recheck.weightsSha256());
    json.put("logitsSha256", recheck.logitsSha256());
    json.put("referenceSamples", (long) recheck.referenceSamples());
    json.put("seconds", seconds);
    json.put("endedBy", endedBy);
    return new RunResult(json, trainErrors, audit.floor(), conflicts(audit), endedBy);
  }

  private static List<String> conflicts(LabelAudit audit) {
    List<String> lines = new ArrayList<>();
    for (LabelConflict conflict : audit.conflicts()) {
      String who =
          conflict.samples().stream()
              .map(sample -> sample.place() + " (label " + sample.labels().getFirst() + ")")
              .collect(Collectors.joining(" = "));
      String proof = String.join("; ", conflict.proofs());
      String follows = conflict.consequence().orElse("");
      lines.add("identical: " + who + ": " + (proof.isEmpty() ? follows : proof));
    }
    return lines;
  }

  private static String endedBy(
      boolean floor, TrainingResult training, CorrectionResult correction) {
    if (floor) {
      return "floor";
    }
    return correction == null ? training.endedBy() : correction.endedBy();
  }

  private static Map<String, Object> verdict(Recheck.SplitVerdict verdict) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", (long) verdict.errors().samples());
    json.put("errors", (long) verdict.errors().count());
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
