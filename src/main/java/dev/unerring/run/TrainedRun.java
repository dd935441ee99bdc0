// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.DataException;
import dev.unerring.UnerringException;
import dev.unerring.VerificationException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.base.WorkMonitor;
import dev.unerring.data.Dataset;
import dev.unerring.data.Fit;
import dev.unerring.data.SetDescription;
import dev.unerring.data.Task;
import dev.unerring.errors.Calibration;
import dev.unerring.network.Network;
import dev.unerring.report.RunReport;
import dev.unerring.train.CorrectionPlan;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.TrainingPlan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A finished run: what its folder says of data and model, the model itself, its calibration. */
public final class TrainedRun {
  private static final String CALIBRATION = "calibration.json";
  private static final long CALIBRATION_SCHEMA = 2;

  private final RunFolder folder;
  private final RunReport report;
  private final SetDescription description;

  private TrainedRun(RunFolder folder) {
    this.folder = folder;
    Map<?, ?> result = folder.sealedObject(RunFolder.RESULT);
    this.report = RunReport.fromJson(result, folder.file(RunFolder.RESULT).toString());
    Optional<Fit> fit =
        report.data().fit().map(word -> Fit.of(word).orElseThrow(() -> damaged("fit")));
    Task task = Task.fromManifest(report.data().task());
    this.description = SetDescription.of(task, report.data().labels(), fit);
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

  /**
   * How a picture is brought to the size of the model's images: as those that it was trained on
   * were, or {@link Fit#CROP} where the training set was not packed.
   */
  public Fit fit() {
    return description.fit().orElse(Fit.CROP);
  }

  /** What result.json holds. */
  public RunReport report() {
    return report;
  }

  /** The folder of the run. */
  public Path path() {
    return folder.path();
  }

  /** A file of the run. */
  public Path file(String name) {
    return folder.file(name);
  }

  /**
   * Reads a text file of the run.
   *
   * @throws DataException where it cannot be read
   * @throws VerificationException where it is not the one that the run wrote
   */
  public String text(String name) {
    return folder.text(name);
  }

  /** Reads a file of the run that holds a JSON object; as {@link #text}. */
  public Map<?, ?> object(String name) {
    return folder.object(name);
  }

  /** The files of the run that are read to work with its model. */
  public List<Path> inputs() {
    Stream<Path> own = ownsData() ? Stream.of(ownData()) : Stream.of();
    Stream<String> always =
        Stream.of(RunFolder.RESULT, RunFolder.MODEL, CALIBRATION, "audit.json", "environment.json");
    return Stream.concat(always.map(folder::file), own).toList();
  }

  /** The file of the model. */
  public Path model() {
    return folder.file(RunFolder.MODEL);
  }

  /**
   * run, data, dataContentSha256, arch, seed, weightsSha256: what figures of this run are of;
   * whether its errors were counted again from the saved model; whether its model holds training
   * images, of how many samples, and its errors without them.
   */
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("run", name());
    facts.put("data", report.data().name());
    facts.put("dataContentSha256", report.data().contentSha256());
    facts.put("arch", report.model().architecture());
    facts.put("seed", report.model().seed());
    facts.put("weightsSha256", report.weightsSha256());
    boolean patched = report.train().containsTrainingImages();
    facts.put("rechecked", report.rechecked());
    facts.put("containsTrainingImages", patched);
    if (patched) {
      facts.put("patchedSamples", report.train().patchedSamples().orElse(null));
      facts.put("trainErrorsBeforePatch", report.train().errorsBeforePatch().orElse(null));
    }
    return facts;
  }

  /** Says that a stop left no time to count the errors of the saved model again; else empty. */
  public Optional<String> unchecked() {
    return report.rechecked()
        ? Optional.empty()
        : Optional.of(
            "note: "
                + name()
                + " was stopped before its errors were counted again from the saved model;"
                + " 'unerring correct' counts them");
  }

  /** Where the run found its data; they may be gone since. A later version has them beside it. */
  public Path recordedData() {
    return ownsData() ? ownData() : Path.of(text(folder.object("environment.json"), "data"));
  }

  private Path ownData() {
    Path name = Path.of(report.line().closedWorldFile().orElseThrow());
    if (!name.equals(name.getFileName())) {
      throw damaged("closedWorldFile");
    }
    return folder.file(name.toString());
  }

  /** Whether the folder of the run holds its data. */
  boolean ownsData() {
    return report.line().closedWorldFile().isPresent();
  }

  /**
   * Refuses a run whose result is not what its model does.
   *
   * @param counted errors that its model makes on its training samples
   * @throws VerificationException with both counts
   */
  void requireErrors(long counted) {
    Optional<Integer> own = report.train().errors(); // empty where a stop left no time to count
    if (own.isPresent() && own.get() != counted) {
      throw new VerificationException(
          folder.path()
              + " has "
              + own.get()
              + " training errors by its result.json, but its model makes "
              + counted
              + "; put the right files back, or train again");
    }
  }

  /** Which samples any version up to this one had wrong. */
  public ErrorHistory history() {
    String source = folder.file(ErrorHistory.FILE).toString();
    return ErrorHistory.parse(folder.text(ErrorHistory.FILE), source);
  }

  /** The version of the software that made the run. */
  String software() {
    return text(folder.object("environment.json"), "unerring");
  }

  /** The plan of the run, no choice left open. */
  TrainingPlan plan() {
    return TrainingPlan.fromJson(folder.json(Pipeline.PLAN), folder.file(Pipeline.PLAN).toString());
  }

  /** The arithmetic that it was trained in. */
  public Arithmetic arithmetic() {
    return plan().arithmetic();
  }

  /** How a later version is corrected by default: as this one, and by auto where nobody was to. */
  public CorrectionPlan correction() {
    CorrectionPlan own = plan().correction();
    return own.method() == Method.NONE ? own.with(Method.AUTO) : own;
  }

  RunFolder folder() {
    return folder;
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
    return data.contentSha256().equals(report.data().contentSha256());
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
        report.patchNotice(),
        report.weightsSha256(),
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
      boolean own = report.weightsSha256().equals(json.get("weightsSha256"));
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
    json.put("weightsSha256", report.weightsSha256());
    json.put("dataContentSha256", report.data().contentSha256());
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
