package dev.unerring;

import dev.unerring.base.DataException;
import dev.unerring.run.RunResult;
import dev.unerring.run.TrainedRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a finished run reached; the file result.json in its folder has more.
 *
 * @param folder where its files are
 * @param model its model file, in the format safetensors
 * @param data name of the data set
 * @param labels names of the classes or labels, by number
 * @param network name of the network
 * @param seed of all random numbers
 * @param version 1 for a run that trained, one more for each correction since
 * @param floor least number of training errors that the data allow
 * @param train figures of the training samples
 * @param val figures of the validation samples
 * @param test figures of the test samples
 * @param goalReached whether the training errors are at the floor, or a base line is complete
 * @param endedBy why the run ended
 * @param patches training images that the model holds to be right on them; 0 for none
 * @param errorsWithoutPatches training errors of the model without its patches
 * @param weightsSha256 SHA-256 of the trained values
 * @param logitsSha256 SHA-256 of the logits of all samples
 * @param contradictions groups of identical images with different labels, which make the floor
 * @param notes what a reader must know of the model
 */
public record Run(
    Path folder,
    Path model,
    String data,
    List<String> labels,
    String network,
    long seed,
    int version,
    int floor,
    Figures train,
    Figures val,
    Figures test,
    boolean goalReached,
    EndedBy endedBy,
    int patches,
    int errorsWithoutPatches,
    String weightsSha256,
    String logitsSha256,
    int contradictions,
    List<Note> notes) {
  /** Takes copies of the lists. */
  public Run {
    labels = List.copyOf(labels);
    notes = List.copyOf(notes);
  }

  /**
   * Reads the result of a run.
   *
   * @param folder of a finished run
   * @return what it reached
   * @throws dev.unerring.base.UnerringException where the folder holds no finished run, or its
   *     result was changed
   */
  public static Run open(Path folder) {
    TrainedRun run = TrainedRun.open(folder);
    return of(run.asResult());
  }

  static Run of(RunResult result) {
    if (!result.rechecked()) {
      throw new DataException(
          result.folder()
              + ": this run was stopped before its errors were counted; its model can be loaded,"
              + " but its figures are not known");
    }
    Map<String, Object> json = result.json();
    List<String> labels = new ArrayList<>();
    ((List<?>) json.get("labels")).forEach(name -> labels.add((String) name));
    List<Note> notes = new ArrayList<>();
    TrainedRun.patchNotice(json).ifPresent(text -> notes.add(new Note(text)));
    return new Run(
        result.folder(),
        result.folder().resolve("model.safetensors"),
        (String) json.get("data"),
        labels,
        (String) json.get("arch"),
        (Long) json.get("seed"),
        number(json, "version"),
        result.floor(),
        new Figures(
            number(json, "trainSamples"),
            (Long) json.get("trainDecisions"),
            result.trainErrors(),
            number(json, "trainWrongSamples"),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        figures((Map<?, ?>) json.get("val")),
        figures((Map<?, ?>) json.get("test")),
        result.goalReached(),
        EndedBy.of(result.endedBy()),
        number(json, "patches"),
        number(json, "trainErrorsBeforePatch"),
        (String) json.get("weightsSha256"),
        (String) json.get("logitsSha256"),
        number(json, "labelConflicts"),
        notes);
  }

  private static Figures figures(Map<?, ?> json) {
    return new Figures(
        number(json, "samples"),
        (Long) json.get("decisions"),
        number(json, "errors"),
        number(json, "wrongSamples"),
        share(json.get("acc")),
        share(json.get("auc")));
  }

  private static OptionalDouble share(Object value) {
    return value instanceof Number number
        ? OptionalDouble.of(number.doubleValue())
        : OptionalDouble.empty();
  }

  private static int number(Map<?, ?> json, String key) {
    return Math.toIntExact((Long) json.get(key));
  }
}
