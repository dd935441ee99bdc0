package dev.unerring;

import dev.unerring.base.EngineVersion;
import java.nio.file.Path;

/** Trains image classifiers to zero training errors, corrects them later, and predicts. */
public final class Unerring {
  private Unerring() {}

  /** {@return the version of the engine, for example {@code 0.1.0}; every run records it} */
  public static String version() {
    return EngineVersion.number();
  }

  /**
   * A training with the default choices, which nothing has started yet.
   *
   * @param data with training, validation and test samples
   * @return settings that can be refined and run
   */
  public static Training train(Data data) {
    return new Training(data, Plan.standard(), Execution.standard());
  }

  /**
   * A correction of a run that ended above its floor.
   *
   * @param run folder of a finished run, which is only read
   * @return settings that can be refined and run
   */
  public static Correction correct(Path run) {
    return new Correction(run, Execution.standard());
  }

  /**
   * A correction with samples that were found later: they join the training samples, and no earlier
   * sample becomes wrong.
   *
   * @param run folder of a finished run, which is only read
   * @param added the new samples: an npz file with {@code images} and {@code labels}, or arrays in
   *     memory with training samples
   * @return settings that can be refined and run
   */
  public static Correction correct(Path run, Data added) {
    return correct(run).added(added);
  }

  /**
   * Loads a model for as many calls at once as there are processors.
   *
   * @param model folder of a finished run, or a model file
   * @return the classifier, which the caller closes
   * @throws dev.unerring.base.UnerringException where the model is not there or damaged
   */
  public static Classifier load(Path model) {
    return load(model, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Loads a model.
   *
   * @param model folder of a finished run, or a model file
   * @param workers most predictions that compute at the same time, 1 to 1024; each takes memory of
   *     its own when it is first needed, all share the trained values
   * @return the classifier, which the caller closes
   * @throws dev.unerring.base.UnerringException where the model is not there or damaged, or the
   *     number of workers is out of range
   */
  public static Classifier load(Path model, int workers) {
    return Classifier.load(model, workers);
  }
}
