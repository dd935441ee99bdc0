// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.REAL;
import static dev.unerring.base.JsonForm.TEXT;
import static dev.unerring.base.JsonForm.map;
import static dev.unerring.base.JsonForm.object;

import dev.unerring.DataException;
import dev.unerring.EndedBy;
import dev.unerring.base.JsonForm;
import dev.unerring.base.JsonForm.Place;
import dev.unerring.base.JsonForm.Type;
import dev.unerring.report.ModelFacts.Kind;
import dev.unerring.report.SplitFigures.Accuracy;
import java.util.Map;
import java.util.Optional;

/**
 * The result of a run: what result.json holds. What a stop left no time to count is empty.
 *
 * @param data the data set
 * @param model the model
 * @param train training errors at the end
 * @param work what training and correction did
 * @param val figures of the validation split
 * @param test figures of the test split
 * @param costs what the errors cost; empty where every error costs the same
 * @param bestValidation test figures of the epoch with the best validation AUC
 * @param machine where it was computed
 * @param weightsSha256 hash of all tensors of the model
 * @param logitsSha256 hash of all logits: train, val, test, each in sampleIndex order
 * @param referenceSamples training samples whose logits were computed again by the definition
 * @param seconds wall time by stage, {@code total} first
 * @param endedBy why the run ended
 * @param line its place among the versions of the model
 * @param others what this software does not know of the file, and its seals
 */
public record RunReport(
    DataFacts data,
    ModelFacts model,
    TrainErrors train,
    WorkDone work,
    Optional<SplitFigures> val,
    Optional<SplitFigures> test,
    Optional<CostFigures> costs,
    Optional<BestEpoch> bestValidation,
    Machine machine,
    String weightsSha256,
    Optional<String> logitsSha256,
    int referenceSamples,
    Map<String, Double> seconds,
    EndedBy endedBy,
    VersionLine line,
    Map<String, Object> others) {
  static final Type<EndedBy> ENDED_BY =
      JsonForm.oneOf(EndedBy.values(), Optional.of(EndedBy.OTHER));
  private static final Type<SplitFigures> SPLIT = object(SplitFigures::form);

  /**
   * The epoch with the best validation AUC.
   *
   * @param epoch its number, from 1
   * @param test its figures on the test split
   */
  public record BestEpoch(int epoch, Accuracy test) {
    private static BestEpoch form(JsonForm f, BestEpoch v) {
      return new BestEpoch(
          f.value("epoch", INTEGER, () -> v.epoch),
          f.value("test", object(Accuracy::form), () -> v.test));
    }
  }

  /** Whether the run is a base line: all epochs, no correction. */
  public boolean baseLine() {
    return model.kind() == Kind.BEST_VALIDATION;
  }

  /** Whether the re-check was finished; else a stop ended it, and the figures are not its own. */
  public boolean rechecked() {
    return train.recheck().complete();
  }

  /**
   * Whether the re-check found the errors at the floor, or the base line that was asked for is
   * complete.
   */
  public boolean goalReached() {
    boolean atFloor = train.errors().isPresent() && train.errors().get() <= train.floor();
    return rechecked() && (atFloor || (baseLine() && endedBy == EndedBy.EPOCHS));
  }

  /** What a reader must know of a model that holds training images; empty for all others. */
  public Optional<String> patchNotice() {
    return train.containsTrainingImages()
        ? Optional.of(
            "note: the model holds "
                + train.patches()
                + " training images as patches (memorisation, docs/repair.md); without them it"
                + " makes "
                + train.errorsBeforePatch().map(String::valueOf).orElse("an unknown number of")
                + " training errors")
        : Optional.empty();
  }

  /** The object in result.json, in reading order. */
  public Map<String, Object> toJson() {
    return JsonForm.write(RunReport::form, this);
  }

  /**
   * Reads the object in result.json.
   *
   * @param source name of the file, for messages
   * @throws DataException where a key is absent or has a value of another type
   */
  public static RunReport fromJson(Object json, String source) {
    try {
      return JsonForm.read(RunReport::form, json, new Place(source, "result", false), null);
    } catch (IllegalArgumentException e) {
      throw new DataException(source + ": " + e.getMessage(), e);
    }
  }

  private static RunReport form(JsonForm f, RunReport v) {
    return new RunReport(
        f.group(DataFacts::form, () -> v.data),
        f.group(ModelFacts::form, () -> v.model),
        f.group(TrainErrors::form, () -> v.train),
        f.group(WorkDone::form, () -> v.work),
        f.nullable("val", SPLIT, () -> v.val),
        f.nullable("test", SPLIT, () -> v.test),
        f.optional("costs", object(CostFigures::form), () -> v.costs),
        f.nullable("bestValidation", object(BestEpoch::form), () -> v.bestValidation),
        f.group(Machine::form, () -> v.machine),
        f.value("weightsSha256", TEXT, () -> v.weightsSha256),
        f.nullable("logitsSha256", TEXT, () -> v.logitsSha256),
        f.value("referenceSamples", INTEGER, () -> v.referenceSamples),
        f.value("seconds", map(REAL), () -> v.seconds),
        f.value("endedBy", ENDED_BY, () -> v.endedBy),
        f.group(VersionLine::form, () -> v.line),
        f.others(() -> v.others));
  }
}
