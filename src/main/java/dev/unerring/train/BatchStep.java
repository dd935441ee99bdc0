// SPDX-License-Identifier: Apache-2.0
package dev.unerring.train;

import dev.unerring.backend.Backend;
import dev.unerring.backend.HeldImages;
import dev.unerring.backend.Turn;
import dev.unerring.errors.Labels;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Loss and gradients of one batch. Nothing is written into the network before its gradients are
 * known to be finite. The memory of a step is here before it, so that a step like an earlier one
 * allocates nothing.
 */
public final class BatchStep {
  private final Network network;
  private final SampleWeights weights;
  private final Buffer labels;
  private final Buffer batchWeights;
  private final Buffer loss;
  private final int[] hostLabels;
  private final float[] hostWeights;
  private final float[] hostLoss = new float[1];
  private final MemorySegment labelsView;
  private final MemorySegment weightsView;
  private final MemorySegment lossView = MemorySegment.ofArray(hostLoss);
  private final MemorySegment[] pixelViews;
  private final Batch[] batches;
  private float[] viewed;

  /** A step in which every sample weighs the same. */
  public BatchStep(Network network) {
    this(network, SampleWeights.NONE);
  }

  /** Allocates what the loss needs for the network's largest batch. */
  public BatchStep(Network network, SampleWeights weights) {
    Backend backend = network.backend();
    int most = network.batch();
    this.network = network;
    this.weights = weights;
    hostLabels = new int[most * network.classes()];
    hostWeights = new float[most];
    labels = backend.allocate(hostLabels.length);
    batchWeights = weights.none() ? null : backend.allocate(most);
    loss = backend.allocate(1);
    labelsView = MemorySegment.ofArray(hostLabels);
    weightsView = MemorySegment.ofArray(hostWeights);
    pixelViews = new MemorySegment[most + 1];
    batches = new Batch[most + 1];
  }

  /**
   * Gradients of the mean loss towards the labels.
   *
   * @param pixels raw images, one after another; there may be more than labels
   * @param goals labels of the images
   * @param samples sampleIndex of each image, for its weight and for messages
   * @param where step, for messages
   * @return the mean loss
   * @throws NonFiniteException where the loss or a gradient is infinite or NaN; the network is as
   *     it was before the step
   */
  public float gradients(float[] pixels, Labels goals, int[] samples, Mode mode, String where) {
    try (Turn _ = network.backend().turn().take()) {
      System.arraycopy(goals.values(), 0, hostLabels, 0, goals.values().length);
      upload(pixels, goals.samples());
      return gradients(null, goals.samples(), goals.multiLabel(), mode, samples, () -> where);
    }
  }

  /**
   * The same of some of many samples.
   *
   * @param goals labels by sampleIndex
   * @param where step, asked for where there is a message
   */
  float gradients(float[] pixels, Labels goals, int[] samples, Mode mode, Supplier<String> where) {
    try (Turn _ = network.backend().turn().take()) {
      goals.rows(samples, hostLabels);
      upload(pixels, samples.length);
      return gradients(null, samples.length, goals.multiLabel(), mode, samples, where);
    }
  }

  /**
   * The same, of the next images of a pass that the device makes the batches of.
   *
   * @param multiLabel whether each label is a decision of 0 or 1
   */
  float gradients(
      HeldImages held, boolean multiLabel, int[] samples, Mode mode, Supplier<String> where) {
    try (Turn _ = network.backend().turn().take()) {
      network.begin(samples.length);
      return gradients(held, samples.length, multiLabel, mode, samples, where);
    }
  }

  private void upload(float[] pixels, int count) {
    Tensor x = network.begin(count);
    if (pixels != viewed) {
      viewed = pixels;
      Arrays.fill(pixelViews, null);
    }
    if (pixelViews[count] == null) {
      long bytes = x.shape().elements() * Float.BYTES;
      pixelViews[count] = MemorySegment.ofArray(pixels).asSlice(0, bytes);
    }
    network.backend().upload(pixelViews[count], x.data());
    network.backend().upload(labelsView, labels);
  }

  private float gradients(
      HeldImages held,
      int count,
      boolean multiLabel,
      Mode mode,
      int[] samples,
      Supplier<String> where) {
    Batch batch = batches[count];
    if (batch == null || !batch.like(held, multiLabel, mode)) {
      batch = new Batch(this, held, count, multiLabel, mode);
      batches[count] = batch;
    }
    if (batchWeights != null) {
      weights.of(samples, hostWeights);
      network.backend().upload(weightsView, batchWeights);
    }
    network.backend().repeat(batch, batch);
    return finite(samples, count, where);
  }

  /** Recording key: equal batches run the same operations on the same memory. */
  private record Batch(BatchStep step, HeldImages held, int count, boolean multiLabel, Mode mode)
      implements Runnable {
    boolean like(HeldImages images, boolean decisions, Mode statistics) {
      return held == images && multiLabel == decisions && mode == statistics;
    }

    @Override
    public void run() {
      Network network = step.network;
      Backend backend = network.backend();
      if (held != null) {
        held.next(network.begin(count), step.labels);
      }
      Tensor logits = network.forward(count, mode);
      Tensor gradient = network.gradLogits(count);
      if (multiLabel) {
        backend.sigmoidCrossEntropy(logits, step.labels, step.loss, gradient);
      } else if (step.batchWeights != null) {
        backend.weightedSoftmaxCrossEntropy(
            logits, step.labels, step.batchWeights, step.loss, gradient);
      } else {
        backend.softmaxCrossEntropy(logits, step.labels, step.loss, gradient);
      }
      network.backward(count, mode);
    }
  }

  private float finite(int[] samples, int count, Supplier<String> where) {
    Backend backend = network.backend();
    backend.download(loss, lossView);
    if (!Float.isFinite(hostLoss[0]) || backend.countNonFinite(network.gradients()) > 0) {
      throw new NonFiniteException(
          where.get()
              + ": the loss is "
              + hostLoss[0]
              + (Float.isFinite(hostLoss[0])
                  ? " and the gradient of " + firstNonFinite()
                  : " and it")
              + " is not finite; samples "
              + Arrays.toString(Arrays.copyOf(samples, Math.min(count, 8)))
              + (count > 8 ? " and " + (count - 8) + " more" : "")
              + "; the weights are those before the step; use a smaller --lr");
    }
    return hostLoss[0];
  }

  private String firstNonFinite() {
    for (Parameter parameter : network.parameters()) {
      if (parameter.gradient() != null
          && network.backend().countNonFinite(parameter.gradient()) > 0) {
        return parameter.spec().name();
      }
    }
    return "no tensor";
  }
}
