// SPDX-License-Identifier: Apache-2.0
package dev.unerring.certificate;

import dev.unerring.DataException;
import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.base.Json;
import dev.unerring.base.WorkMonitor;
import dev.unerring.certify.ClosedWorldValidator;
import dev.unerring.certify.Judgement;
import dev.unerring.certify.Repeats;
import dev.unerring.data.Dataset;
import dev.unerring.data.Fit;
import dev.unerring.data.SetDescription;
import dev.unerring.data.Task;
import dev.unerring.network.ModelFile;
import dev.unerring.twins.TwinAudit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that follows from the files alone, counted from them: the signer writes it, the
 * verifier compares it.
 *
 * @param recomputed the claims
 * @param training arithmetic of the training by the model file; empty of a data set alone
 * @param judgement counts and logits; empty of a data set alone
 * @param verdicts a record a sample; empty of a data set alone
 */
public record Recount(
    Map<String, Object> recomputed,
    String training,
    Optional<Judgement> judgement,
    Optional<Verdicts> verdicts) {
  private static final int BATCH = ClosedWorldValidator.BATCH;

  /** What a model file says its answers mean. */
  private record Meaning(SetDescription description, String training) {}

  /**
   * Counts a model on its data.
   *
   * @param data open, as the file has it
   * @param salt of the records, 32 bytes
   * @param repeats training samples that the definition computes again
   * @throws DataException where the model is damaged, or not for such data
   * @throws dev.unerring.VerificationException where the backend is not exact, or a patch reaches
   *     another sample
   */
  public static Recount of(
      Path model,
      Dataset data,
      byte[] salt,
      Backend backend,
      Repeats repeats,
      WorkMonitor monitor) {
    Meaning meaning = meaning(model);
    Dataset matched = data.matched(meaning.description, model.toString(), new Unnoted(monitor));
    Judgement judgement =
        ClosedWorldValidator.judge(model, matched, backend, BATCH, repeats, monitor);
    LabelAudit audit = new LabelAudit(matched, monitor);
    Verdicts verdicts = Verdicts.of(matched, judgement.logits(), salt, monitor);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("contradictions", Claims.contradictions(audit));
    json.put("counts", Claims.counts(judgement.recheck(), audit));
    json.put("data", Claims.data(matched, data.contentSha256()));
    json.put("logitsSha256", judgement.recheck().logitsSha256());
    json.put(
        "model",
        Claims.model(
            judgement,
            meaning.description.classes(),
            meaning.description.task().manifestName(),
            ModelFile.tensorHashes(model)));
    json.put("test", Claims.figures(judgement.recheck().test()));
    json.put("val", Claims.figures(judgement.recheck().val()));
    json.put("verdicts", Claims.verdicts(verdicts));
    return new Recount(json, meaning.training, Optional.of(judgement), Optional.of(verdicts));
  }

  /** Audits a data set alone, in depth. */
  public static Recount of(Dataset data, WorkMonitor monitor) {
    LabelAudit audit = new LabelAudit(data, monitor);
    TwinAudit twins = TwinAudit.of(data, monitor);
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("constantImages", audit.constantImages().size());
    counts.put("floor", audit.floor());
    counts.put("identicalGroups", audit.groups().size());
    counts.put("sampleFloor", audit.sampleFloor());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("contradictions", Claims.contradictions(audit));
    json.put("counts", counts);
    json.put("data", Claims.data(data, data.contentSha256()));
    json.put("twins", twins.toJson().get("counts"));
    return new Recount(json, "", Optional.empty(), Optional.empty());
  }

  /** The claims on the arrays of a data file. */
  public static Map<String, Object> arrays(Dataset data) {
    return Claims.data(data, data.contentSha256());
  }

  /** The scope that goes with these claims. */
  public Map<String, Object> scope(String dataFile, String modelFile) {
    return judgement
        .map(each ->
            Claims.scope(dataFile, modelFile, each.recheck().train().errors().samples(), training))
        .orElseGet(() -> Claims.dataScope(dataFile));
  }

  /** By number, whatever the data file is called: what labels mean goes by the model. */
  private static Meaning meaning(Path model) {
    Map<String, String> metadata = ModelFile.metadata(model);
    try {
      List<String> names = new ArrayList<>();
      ((List<?>) Json.parse(metadata.get("labels"))).forEach(name -> names.add((String) name));
      Task task = Task.fromManifest(metadata.get("task"));
      Optional<Fit> fit =
          Boolean.parseBoolean(metadata.get("packed"))
              ? Fit.of(metadata.get("fit"))
              : Optional.empty();
      SetDescription description = SetDescription.of(task, names, fit);
      return new Meaning(description, metadata.getOrDefault("arithmetic", "ordered"));
    } catch (RuntimeException e) {
      throw new DataException(
          model
              + ": its metadata do not say what its answers mean (task, labels); it was written by"
              + " an earlier version of unerring, train again",
          e);
    }
  }

  /** Hands progress on, and no note: which names a data file has does not matter here. */
  private record Unnoted(WorkMonitor monitor) implements WorkMonitor {
    @Override
    public void note(String text) {}

    @Override
    public void progress(String work, long done, long total) {
      monitor.progress(work, done, total);
    }

    @Override
    public boolean stopped() {
      return monitor.stopped();
    }
  }
}
