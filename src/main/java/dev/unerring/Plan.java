// SPDX-License-Identifier: Apache-2.0
package dev.unerring;

import dev.unerring.base.IoReason;
import dev.unerring.base.Json;
import dev.unerring.train.Choices;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Every choice that changes the bits of a result. Immutable: each method returns another plan.
 *
 * <p>A choice out of its range is refused at once by an unchecked typed exception that names it.
 */
public final class Plan {
  private final TrainingPlan plan;

  private Plan(TrainingPlan plan) {
    this.plan = plan;
  }

  /** {@return the default choices} */
  public static Plan standard() {
    return new Plan(TrainingPlan.standard());
  }

  /**
   * {@return the official MedMNIST recipe, for a base line: 100 epochs of ResNet-18, no correction}
   */
  public static Plan medmnist() {
    return new Plan(TrainingPlan.medmnist());
  }

  /**
   * Reads a plan.json, for example that of a run.
   *
   * @param file a JSON object; keys that it lacks have their default
   * @return the plan
   * @throws dev.unerring.UnerringException where the file cannot be read or is no plan
   */
  public static Plan read(Path file) {
    return PlainWords.call(() -> parsed(file));
  }

  private static Plan parsed(Path file) {
    try {
      Object json = Json.parse(Files.readString(file, StandardCharsets.UTF_8));
      return new Plan(TrainingPlan.fromJson(json, file.toString()));
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + IoReason.of(e), e);
    }
  }

  /**
   * With another seed of all random numbers; the default is 0.
   *
   * @param seed from -2^53 to 2^53
   * @return the other plan
   */
  public Plan seed(long seed) {
    return with(c -> c.seed = seed);
  }

  /**
   * With another network.
   *
   * @param name auto (the default: by the shape of the images), small, small3d, resnet18 or
   *     resnet50
   * @return the other plan
   */
  public Plan network(String name) {
    return with(c -> c.architecture = name);
  }

  /**
   * With another limit of epochs; the default is 300.
   *
   * @param epochs passes over the training samples, at most
   * @return the other plan
   */
  public Plan epochs(int epochs) {
    return with(c -> c.epochs = epochs);
  }

  /**
   * With another size of a batch; the default is 128, of volumes 32.
   *
   * @param samples of a step, 2 to 65536
   * @return the other plan
   */
  public Plan batchSize(int samples) {
    return with(c -> c.batchSize = samples);
  }

  /**
   * With another learning rate of Adam; the default is 0.0005.
   *
   * @param rate of the first epoch
   * @return the other plan
   */
  public Plan learningRate(double rate) {
    return with(c -> c.learningRate = c.learningRate.withFirst(rate));
  }

  /**
   * With another share of training errors at which correction takes over; the default is 0.
   *
   * @param share 0 to 1
   * @return the other plan
   */
  public Plan primeTo(double share) {
    return with(c -> c.primeTo = share);
  }

  /**
   * With another number of epochs without fewer training errors after which correction takes over;
   * the default is 20.
   *
   * @param epochs in a row; 0 for never
   * @return the other plan
   */
  public Plan patience(int epochs) {
    return with(c -> c.patience = epochs);
  }

  /**
   * With another corrector of the errors that training leaves; the default is {@link
   * Corrector#AUTO}.
   *
   * @param corrector what corrects
   * @return the other plan
   */
  public Plan corrector(Corrector corrector) {
    return with(c -> c.correction = c.correction.with(Correction.method(corrector)));
  }

  /** {@return the plan as canonical JSON, as it stands in the plan.json of a run} */
  public String json() {
    return Json.canonical(plan.toJson());
  }

  /** The same as {@link #json}. */
  @Override
  public String toString() {
    return json();
  }

  private Plan with(Consumer<Choices> changes) {
    return PlainWords.call(() -> new Plan(plan.with(changes)));
  }

  TrainingPlan plan() {
    return plan;
  }
}
