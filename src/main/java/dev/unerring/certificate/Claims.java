// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.audit.LabelAudit;
import dev.unerring.audit.LabelConflict;
import dev.unerring.certify.Judgement;
import dev.unerring.certify.Recheck;
import dev.unerring.data.Dataset;
import dev.unerring.data.LabelledSample;
import dev.unerring.data.Split;
import dev.unerring.errors.ErrorList;
import dev.unerring.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The claims that follow from the files alone, as JSON objects; the words stand here once. */
final class Claims {
  private static final String VERSION = ", version 1"; // of docs/arithmetic.md
  private static final String NOTICE = "Not for clinical use.";

  private Claims() {}

  /**
   * What the claims on a model are about.
   *
   * @param training arithmetic of the training by the model file
   */
  static Map<String, Object> scope(
      String dataFile, String modelFile, int trainSamples, String training) {
    Map<String, Object> scope = new LinkedHashMap<>();
    scope.put("arithmetic", (training.equals("integer") ? training : "ordered") + VERSION);
    scope.put("dataFile", dataFile);
    scope.put("modelFile", modelFile);
    scope.put(
        "notSaid",
        List.of(
            "whether the given labels are right",
            "what the model answers for any other image",
            "whether model or data are fit for a purpose"));
    scope.put("notice", NOTICE);
    scope.put(
        "reproducibility",
        training.equals("cudnn") ? "same GPU architecture and libraries" : "same bits anywhere");
    scope.put("samples", "train[0] to train[" + (trainSamples - 1) + "] of the data file");
    scope.put(
        "says",
        "which of these samples the model file answers with another label than the given one,"
            + " counted from the two files in this arithmetic");
    scope.put("trainingArithmetic", training);
    return scope;
  }

  /** What the claims on a data set are about. */
  static Map<String, Object> dataScope(String dataFile) {
    Map<String, Object> scope = new LinkedHashMap<>();
    scope.put("dataFile", dataFile);
    scope.put(
        "notSaid",
        List.of(
            "which of two contradicting labels is right",
            "whether the samples are of different patients",
            "whether the data are fit for a purpose"));
    scope.put("notice", NOTICE);
    scope.put("samples", "all samples of train, val and test of the data file");
    scope.put(
        "says",
        "which images are identical with different labels, how many training errors follow for any"
            + " classifier, and how many images have a twin");
    return scope;
  }

  /** Groups of identical images with different labels, in the order of their first sample. */
  static List<Map<String, Object>> contradictions(LabelAudit audit) {
    return audit.conflicts().stream().map(Claims::contradiction).toList();
  }

  private static Map<String, Object> contradiction(LabelConflict conflict) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("labels", conflict.samples().stream().map(LabelledSample::labels).toList());
    json.put("samples", conflict.samples().stream().map(LabelledSample::place).toList());
    json.put("trainErrorsAtLeast", conflict.trainErrorsAtLeast());
    return json;
  }

  /** The arrays of a data file. */
  static Map<String, Object> data(Dataset data, String contentSha256) {
    Shape image = data.imageShape();
    Map<String, Object> samples = new LinkedHashMap<>();
    for (Split split : data.splits()) {
      samples.put(split.name(), split.size());
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("contentSha256", contentSha256);
    json.put("image", List.of(image.d(), image.h(), image.w(), image.c()));
    json.put("labelsPerSample", data.train().labelCount());
    json.put("samples", samples);
    return json;
  }

  /** The counts that the certificate is about. */
  static Map<String, Object> counts(Recheck recheck, LabelAudit audit) {
    ErrorList errors = recheck.train().errors();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("floor", audit.floor());
    json.put("patchedSamples", recheck.patches().samples());
    json.put("patches", recheck.patches().patches());
    json.put("sampleFloor", audit.sampleFloor());
    json.put("trainDecisions", errors.decisions());
    json.put("trainErrors", errors.count());
    json.put("trainErrorsBeforePatch", recheck.patches().errorsBefore());
    json.put("trainSamples", errors.samples());
    json.put("trainWrongSamples", errors.wrongSamples());
    return json;
  }

  /** Errors and official figures of validation or test; a figure that is none is null. */
  static Map<String, Object> figures(Recheck.SplitVerdict verdict) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("acc", number(verdict.metrics().acc()));
    json.put("auc", number(verdict.metrics().auc()));
    json.put("decisions", verdict.errors().decisions());
    json.put("errors", verdict.errors().count());
    json.put("samples", verdict.errors().samples());
    return json;
  }

  private static Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** The model. */
  static Map<String, Object> model(
      Judgement judgement, int classes, String task, Map<String, String> tensors) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architecture", judgement.architecture());
    json.put("classes", classes);
    json.put("task", task);
    json.put("tensors", tensors);
    json.put("weightsSha256", judgement.recheck().weightsSha256());
    return json;
  }

  /** The records. */
  static Map<String, Object> verdicts(Verdicts verdicts) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("merkleRoot", verdicts.root());
    json.put("recordBytes", verdicts.record(0).length);
    json.put("records", verdicts.size());
    return json;
  }
}
