// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.UnerringException;
import dev.unerring.VerificationException;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Fit;
import dev.unerring.data.SetDescription;
import dev.unerring.data.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.network.Network;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A finished run: what its folder says of data and model, the model itself, its calibration. */
public final class TrainedRun {
  private static final String CALIBRATION = "calibration.json";
  private static final String PLAN = "plan.json";
  private static final String CLOSED_WORLD = "closedWorldFile";
  private static final long CALIBRATION_SCHEMA = 2;
  private static final long MOST_VERSIONS = 1 << 20;

  private final RunFolder folder;
  private final Map<?, ?> result;
  private final SetDescription description;

  private TrainedRun(RunFolder folder) {
    this.folder = folder;
    this.result = folder.sealedObject(RunFolder.RESULT);
    Map<?, ?> labels = result.containsKey("labels") ? result : folder.object("audit.json");
    Task task = Task.fromManifest(text(labels, "task"));
    List<String> names = new ArrayList<>();
    if (labels.get("labels") instanceof List<?> list) {
      list.forEach(name -> names.add(String.valueOf(name)));
    }
    Optional<Fit> fit = Optional.empty();
    if (result.containsKey("fit")) {
      fit = Optional.of(Fit.of(text(result, "fit")).orElseThrow(() -> damaged("fit")));
    }
    this.description = SetDescription.of(task, names, fit);
  }

  /**
   * Opens the folder of a run.
   *
   * @throws DataException where it is not one, or its files are damaged
   */
  public static TrainedRun open(Path path) {
    return new TrainedRun(RunFolder.open(path));
  }

  /** Name of the folder, as the run's name. */
  public String name() {
    return folder.path().toAbsolutePath().normalize().getFileName().toString();
  }

  /** What the labels and pictures of its data mean. */
  public SetDescription description() {
    return description;
  }

  /** What the labels ask for. */
  public Task task() {
    return description.task();
  }

  /** Names of the classes or labels, by number. */
  public List<String> labelNames() {
    return description.labelNames();
  }

  /** The result, as the run returned it. */
  public RunResult asResult() {
    Map<String, Object> json = new LinkedHashMap<>();
    result.forEach((key, value) -> json.put((String) key, value));
    return new RunResult(
        folder.path(),
        json,
        json.get("trainErrors") instanceof Long errors
            ? Math.toIntExact(errors)
            : RunResult.NOT_COUNTED,
        Math.toIntExact((Long) json.get("floor")),
        List.of(),
        RunStages.BASE_LINE.equals(json.get("model")),
        text(result, "endedBy"));
  }

  /** The files of the run that are read to work with its model. */
  public List<Path> inputs() {
    Stream<Path> own = ownsData() ? Stream.of(ownData()) : Stream.of();
    Stream<String> always =
        Stream.of(
            RunFolder.RESULT, Completion.MODEL, CALIBRATION, "audit.json", "environment.json");
    return Stream.concat(always.map(folder::file), own).toList();
  }

  /** The file of the model. */
  public Path model() {
    return folder.file(Completion.MODEL);
  }

  /**
   * run, data, dataContentSha256, arch, seed, weightsSha256: what figures of this run are of;
   * whether its errors were counted again from the saved model; whether its model holds training
   * images, of how many samples, and its errors without them.
   */
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("run", name());
    for (String key : List.of("data", "dataContentSha256", "arch", "seed", "weightsSha256")) {
      facts.put(key, result.get(key));
    }
    boolean patched = patchNotice().isPresent();
    facts.put("rechecked", unchecked().isEmpty());
    facts.put("containsTrainingImages", patched);
    if (patched) {
      facts.put("patchedSamples", result.get("patchedSamples"));
      facts.put("trainErrorsBeforePatch", result.get("trainErrorsBeforePatch"));
    }
    return facts;
  }

  /** Says that a stop left no time to count the errors of the saved model again; else empty. */
  public Optional<String> unchecked() {
    boolean complete =
        result.get("recheck") instanceof Map<?, ?> recheck
            && Boolean.TRUE.equals(recheck.get("complete"));
    return complete
        ? Optional.empty()
        : Optional.of(
            "note: "
                + name()
                + " was stopped before its errors were counted again from the saved model;"
                + " 'unerring correct' counts them");
  }

  /** What a reader must know of a model that holds training images; empty for all others. */
  public Optional<String> patchNotice() {
    return patchNotice(result);
  }

  /** The same, from the object of a result.json. */
  public static Optional<String> patchNotice(Map<?, ?> result) {
    return Boolean.TRUE.equals(result.get("containsTrainingImages"))
        ? Optional.of(
            "note: the model holds "
                + result.get("patches")
                + " training images as patches (memorisation, docs/repair.md); without them it"
                + " makes "
                + result.get("trainErrorsBeforePatch")
                + " training errors")
        : Optional.empty();
  }

  /** Where the run found its data; they may be gone since. A later version has them beside it. */
  public Path recordedData() {
    return ownsData() ? ownData() : Path.of(text(folder.object("environment.json"), "data"));
  }

  private Path ownData() {
    Path name = Path.of(text(result, CLOSED_WORLD));
    if (!name.equals(name.getFileName())) {
      throw damaged(CLOSED_WORLD);
    }
    return folder.file(name.toString());
  }

  /** Whether the folder of the run holds its data. */
  boolean ownsData() {
    return result.containsKey(CLOSED_WORLD);
  }

  /** Its number in the line of versions of one model: 1 for a run that trained. */
  public int version() {
    Object version = result.containsKey("version") ? result.get("version") : Long.valueOf(1);
    if (version instanceof Long number && number >= 1 && number < MOST_VERSIONS) {
      return Math.toIntExact(number);
    }
    throw damaged("version");
  }

  /**
   * Refuses a run whose result is not what its model does.
   *
   * @param counted errors that its model makes on its training samples
   * @throws VerificationException with both counts
   */
  void requireErrors(long counted) {
    boolean known = result.get("trainErrors") != null; // not where a stop left no time to count
    if (known && !Long.valueOf(counted).equals(result.get("trainErrors"))) {
      throw new VerificationException(
          folder.path()
              + " has "
              + result.get("trainErrors")
              + " training errors by its result.json, but its model makes "
              + counted
              + "; put the right files back, or train again");
    }
  }

  /** Figures of all versions up to this one, as in result.json. */
  public List<?> versions() {
    if (result.get("versions") instanceof List<?> list) {
      return list;
    }
    throw damaged("versions");
  }

  /** Which samples any version up to this one had wrong. */
  public Regression regression() {
    String source = folder.file(Regression.FILE).toString();
    return Regression.parse(folder.text(Regression.FILE), source);
  }

  /** The version of the software that made the run. */
  String software() {
    return text(folder.object("environment.json"), "unerring");
  }

  /** The plan of the run, no choice left open. */
  TrainingPlan plan() {
    return TrainingPlan.fromJson(folder.json(PLAN), folder.file(PLAN).toString());
  }

  /** How a later version is corrected by default: as this one, and by auto where nobody was to. */
  public CorrectionPlan correction() {
    CorrectionPlan own = plan().correction();
    return own.method() == Method.NONE ? own.with(Method.AUTO) : own;
  }

  RunFolder folder() {
    return folder;
  }

  Map<?, ?> result() {
    return result;
  }

  /**
   * Data with the run's names, numbers and task, matched by name.
   *
   * @return the same data, to be closed in place of the other
   * @throws DataException where the names of the classes differ from the run's
   */
  public Dataset matched(Dataset data, WorkMonitor monitor) {
    return data.matched(description, name(), monitor);
  }

  /** Whether these are the data of the run, however they are compressed. */
  public boolean isOf(Dataset data) {
    return data.contentSha256().equals(text(result, "dataContentSha256"));
  }

  /**
   * Reads the model.
   *
   * @param batch largest number of images of a pass; fewer where memory is short
   * @throws DataException where the file is damaged or does not have the run's classes
   * @throws VerificationException where it is not the model whose errors the run counted
   */
  public Network network(Backend backend, int batch) {
    return trained(Optional.empty()).network(backend, batch);
  }

  /** The model with all that its predictions need. */
  public TrainedModel trained(Optional<Calibration> calibration) {
    return new TrainedModel(
        model(),
        description,
        calibration,
        patchNotice(),
        text(result, "weightsSha256"),
        RunFolder.RESULT);
  }

  /** What was stored; empty where nothing was, or it is of another model. */
  public Optional<Calibration> storedCalibration() {
    if (!Files.isRegularFile(folder.file(CALIBRATION))) {
      return Optional.empty();
    }
    try {
      Map<?, ?> json = folder.sealedObject(CALIBRATION);
      boolean known = Long.valueOf(CALIBRATION_SCHEMA).equals(json.get("schema"));
      boolean own = text(result, "weightsSha256").equals(json.get("weightsSha256"));
      return known && own ? Optional.of(Calibration.fromJson(json)) : Optional.empty();
    } catch (UnerringException | IllegalArgumentException e) {
      throw new DataException(
          folder.file(CALIBRATION) + " is damaged; remove it, it is made anew", e);
    }
  }

  /**
   * Keeps a calibration of this run's model and validation data.
   *
   * @throws DataException where the folder cannot be written
   */
  public void store(Calibration calibration) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", CALIBRATION_SCHEMA);
    json.put("weightsSha256", text(result, "weightsSha256"));
    json.put("dataContentSha256", text(result, "dataContentSha256"));
    json.putAll(calibration.toJson());
    folder.writeSealed(CALIBRATION, json);
  }

  private String text(Map<?, ?> json, String key) {
    if (json.get(key) instanceof String text) {
      return text;
    }
    throw damaged(key);
  }

  private DataException damaged(String key) {
    return new DataException(
        folder.path() + " is damaged: its files lack a proper '" + key + "'; train again");
  }
}
