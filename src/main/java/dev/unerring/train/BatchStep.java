package dev.unerring.train;

import dev.unerring.backend.Backend;
import dev.unerring.errors.Labels;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.Parameter;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Loss and gradients of one batch. Nothing is written into the network before its gradients are
 * known to be finite.
 */
public final class BatchStep {
  private final Network network;
  private final Buffer labels;
  private final Buffer loss;
  private final float[] mean = new float[1];
  private final MemorySegment hostLoss = MemorySegment.ofArray(mean);
  private final MemorySegment hostLabels;
  private float[] viewed;
  private MemorySegment view;
  private final SampleWeights weights;
  private final Buffer batchWeights;

  /** A step in which every sample weighs the same. */
  public BatchStep(Network network) {
    this(network, SampleWeights.NONE);
  }

  /** Allocates what the loss needs for the network's largest batch. */
  public BatchStep(Network network, SampleWeights weights) {
    this.network = network;
    this.weights = weights;
    this.batchWeights = weights.none() ? null : network.backend().allocate(network.batch());
    int room = network.batch() * network.classes();
    this.labels = network.backend().allocate(room);
    this.hostLabels = MemorySegment.ofArray(new int[room]);
    this.loss = network.backend().allocate(1);
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
    Backend backend = network.backend();
    int count = goals.samples();
    if (pixels != viewed) {
      viewed = pixels;
      view = MemorySegment.ofArray(pixels);
    }
    Tensor logits = network.forward(view, count, mode);
    MemorySegment.copy(
        goals.values(), 0, hostLabels, ValueLayout.JAVA_INT, 0, goals.values().length);
    backend.upload(hostLabels, labels);
    if (goals.multiLabel()) {
      backend.sigmoidCrossEntropy(logits, labels, loss, network.gradLogits(count));
    } else if (batchWeights != null) {
      backend.upload(MemorySegment.ofArray(weights.of(samples)), batchWeights);
      Tensor gradient = network.gradLogits(count);
      backend.weightedSoftmaxCrossEntropy(logits, labels, batchWeights, loss, gradient);
    } else {
      backend.softmaxCrossEntropy(logits, labels, loss, network.gradLogits(count));
    }
    network.backward(count, mode);
    backend.download(loss, hostLoss);
    if (!Float.isFinite(mean[0]) || backend.countNonFinite(network.gradients()) > 0) {
      throw new NonFiniteException(
          where
              + ": the loss is "
              + mean[0]
              + (Float.isFinite(mean[0]) ? " and the gradient of " + firstNonFinite() : " and it")
              + " is not finite; samples "
              + Arrays.toString(Arrays.copyOf(samples, Math.min(count, 8)))
              + (count > 8 ? " and " + (count - 8) + " more" : "")
              + "; the weights are those before the step; use a smaller --lr");
    }
    return mean[0];
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
