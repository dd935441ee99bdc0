// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Losses and optimisers of {@link CpuBackend}. The fields are the operands of the operation under
 * way, so that its ranges are made once and a step allocates nothing.
 */
final class CpuLearning {
  static final int ADAM_CONSTANTS = 8;

  private final CpuTeam team;
  private final CpuScratch losses;
  private final CpuScratch adamScratch;
  private MemorySegment adamConstants;
  private MemorySegment logits;
  private MemorySegment labels;
  private MemorySegment weights;
  private MemorySegment lossOfSample;
  private MemorySegment gradLogits;
  private long classes;
  private float inverseCount;
  private MemorySegment parameter;
  private MemorySegment gradient;
  private MemorySegment first;
  private MemorySegment second;
  private float learningRate;
  private float momentum;
  private float weightDecay;
  private final AtomicLong found = new AtomicLong();

  private final Workers.Range softmax = this::softmax;
  private final Workers.Range weighted = this::weighted;
  private final Workers.Range sigmoid = this::sigmoid;
  private final Workers.Range sgd = this::sgd;
  private final Workers.Range adam = this::adam;
  private final Workers.Range nonFinite = this::nonFinite;

  CpuLearning(CpuTeam team) {
    this.team = team;
    losses = team.scratch();
    adamScratch = team.scratch();
  }

  private void softmax(long begin, long end) {
    team.kernels.softmaxCrossEntropy(
        logits, labels, lossOfSample, gradLogits, classes, inverseCount, begin, end);
  }

  private void weighted(long begin, long end) {
    softmax(begin, end);
    team.kernels.weightSamples(weights, lossOfSample, gradLogits, classes, begin, end);
  }

  private void sigmoid(long begin, long end) {
    team.kernels.sigmoidCrossEntropy(
        logits, labels, lossOfSample, gradLogits, classes, inverseCount, begin, end);
  }

  private void sgd(long begin, long end) {
    team.kernels.sgdStep(
        parameter, gradient, first, learningRate, momentum, weightDecay, begin, end);
  }

  private void adam(long begin, long end) {
    team.kernels.adamStep(parameter, gradient, first, second, adamConstants, begin, end);
  }

  private void nonFinite(long begin, long end) {
    found.addAndGet(team.kernels.countNonFinite(parameter, begin, end));
  }

  void softmaxCrossEntropy(Tensor z, Buffer given, Buffer loss, Tensor gradZ) {
    OperandChecks.loss(z, given, loss, gradZ);
    OperandChecks.labels(given, z.shape());
    int samples = z.shape().n();
    crossEntropy(z, given, loss, gradZ, (float) (1.0 / samples), softmax);
  }

  void weightedSoftmaxCrossEntropy(
      Tensor z, Buffer given, Buffer ofSamples, Buffer loss, Tensor gradZ) {
    OperandChecks.weights(ofSamples, z.shape());
    OperandChecks.loss(z, given, loss, gradZ);
    OperandChecks.labels(given, z.shape());
    weights = ofSamples.memory();
    crossEntropy(z, given, loss, gradZ, (float) (1.0 / z.shape().n()), weighted);
  }

  void sigmoidCrossEntropy(Tensor z, Buffer given, Buffer loss, Tensor gradZ) {
    OperandChecks.sigmoidLoss(z, given, loss, gradZ);
    crossEntropy(z, given, loss, gradZ, (float) (1.0 / z.shape().elements()), sigmoid);
  }

  private void crossEntropy(
      Tensor z, Buffer given, Buffer loss, Tensor gradZ, float inverse, Workers.Range operation) {
    int samples = z.shape().n();
    logits = CpuTeam.memory(z);
    labels = given.memory();
    gradLogits = CpuTeam.memory(gradZ);
    lossOfSample = losses.floats(samples);
    classes = z.shape().imageElements();
    inverseCount = inverse;
    team.workers.run(samples, CpuTeam.atLeast(CpuTeam.SMALL, classes), operation);
    team.channelSums(lossOfSample, team.flatSum(z.shape()), loss.memory(), 1);
    team.kernels.multiply(loss.memory(), loss.memory(), inverse, 0, 1);
  }

  void sgdStep(
      Buffer values, Buffer gradients, Buffer velocity, float rate, float decay, float l2) {
    OperandChecks.sameLength(values, gradients, velocity);
    parameter = values.memory();
    gradient = gradients.memory();
    first = velocity.memory();
    learningRate = rate;
    momentum = decay;
    weightDecay = l2;
    team.workers.run(values.length(), CpuTeam.SMALL, sgd);
  }

  void adamStep(Buffer values, Buffer gradients, Buffer mean, Buffer square, AdamStep c) {
    OperandChecks.sameLength(values, gradients, mean, square);
    parameter = values.memory();
    gradient = gradients.memory();
    first = mean.memory();
    second = square.memory();
    adamConstants = adamScratch.floats(ADAM_CONSTANTS);
    constant(0, c.beta1());
    constant(1, c.oneMinusBeta1());
    constant(2, c.beta2());
    constant(3, c.oneMinusBeta2());
    constant(4, c.rate());
    constant(5, c.correction());
    constant(6, c.epsilon());
    constant(7, c.weightDecay());
    team.workers.run(values.length(), CpuTeam.SMALL, adam);
  }

  /** Elements that are infinite or NaN, counted by all threads. */
  long countNonFinite(Buffer values) {
    parameter = values.memory();
    found.set(0);
    team.workers.run(values.length(), CpuTeam.SMALL, nonFinite);
    return found.get();
  }

  private void constant(int index, float value) {
    adamConstants.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
  }
}
