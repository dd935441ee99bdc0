// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.backend.Arithmetic;
import dev.unerring.errors.Costs;
import dev.unerring.network.Architectures;

/**
 * The choices of a {@link TrainingPlan} by name, for {@link TrainingPlan#with}. New ones hold the
 * defaults; their measurement stands in docs/decisions.md.
 */
public final class Choices {
  public String architecture = Architectures.AUTO;
  public long seed;
  public int epochs = 300;
  public int batchSize;
  public LearningRate learningRate = LearningRate.constant(5e-4);
  public double weightDecay;
  public double batchNormMomentum = 0.1;
  public double primeTo;
  public int patience = 20;
  public boolean stopAtFloor = true;
  public CorrectionPlan correction = CorrectionPlan.standard();
  public Costs costs = Costs.NONE;
  public Arithmetic arithmetic = Arithmetic.ORDERED;

  Choices() {}

  Choices(TrainingPlan plan) {
    architecture = plan.architecture();
    seed = plan.seed();
    epochs = plan.epochs();
    batchSize = plan.batchSize();
    learningRate = plan.learningRate();
    weightDecay = plan.weightDecay();
    batchNormMomentum = plan.batchNormMomentum();
    primeTo = plan.primeTo();
    patience = plan.patience();
    stopAtFloor = plan.stopAtFloor();
    correction = plan.correction();
    costs = plan.costs();
    arithmetic = plan.arithmetic();
  }

  /** The plan, whose ranges are checked. */
  TrainingPlan plan() {
    return new TrainingPlan(
        architecture,
        seed,
        epochs,
        batchSize,
        learningRate,
        weightDecay,
        batchNormMomentum,
        primeTo,
        patience,
        stopAtFloor,
        correction,
        costs,
        arithmetic);
  }
}
