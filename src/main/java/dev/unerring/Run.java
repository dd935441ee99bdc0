// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import dev.unerring.report.RunReport;
import dev.unerring.report.SplitFigures;
import dev.unerring.report.TrainErrors;
import dev.unerring.run.RunResult;
import dev.unerring.run.TrainedRun;
import java.nio.file.Path;
import java.util.List;
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
   * @throws dev.unerring.UnerringException where the folder holds no finished run, or its result
   *     was changed
   */
  public static Run open(Path folder) {
    return PlainWords.call(() -> of(folder, TrainedRun.open(folder).report()));
  }

  static Run of(RunResult result) {
    return of(result.folder(), result.report());
  }

  private static Run of(Path folder, RunReport report) {
    if (!report.rechecked()) {
      throw new DataException(
          folder
              + ": this run was stopped before its errors were counted; its model can be loaded,"
              + " but its figures are not known");
    }
    TrainErrors train = report.train();
    return new Run(
        folder,
        folder.resolve("model.safetensors"),
        report.data().name(),
        report.data().labels(),
        report.model().architecture(),
        report.model().seed(),
        report.line().version(),
        train.floor(),
        new Figures(
            train.samples(),
            train.decisions(),
            train.errors().orElseThrow(),
            train.wrongSamples().orElseThrow(),
            OptionalDouble.empty(),
            OptionalDouble.empty()),
        figures(report.val().orElseThrow()),
        figures(report.test().orElseThrow()),
        report.goalReached(),
        report.endedBy(),
        train.patches(),
        train.errorsBeforePatch().orElseThrow(),
        report.weightsSha256(),
        report.logitsSha256().orElseThrow(),
        train.conflicts(),
        report.patchNotice().map(Note::new).stream().toList());
  }

  private static Figures figures(SplitFigures split) {
    return new Figures(
        split.samples(),
        split.decisions(),
        split.errors(),
        split.wrongSamples(),
        OptionalDouble.of(split.accuracy().acc()),
        split.accuracy().auc().map(OptionalDouble::of).orElse(OptionalDouble.empty()));
  }
}
