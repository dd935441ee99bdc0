package dev.unerring.train;

import dev.unerring.backend.Backend;
import dev.unerring.backend.HeldImages;
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
  private Batch batch;
  private Runnable operations;
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
    Tensor x = network.begin(count);
    long bytes = x.shape().elements() * Float.BYTES;
    if (pixels != viewed) {
      viewed = pixels;
      view = MemorySegment.ofArray(pixels);
    }
    backend.upload(view.byteSize() == bytes ? view : view.asSlice(0, bytes), x.data());
    MemorySegment.copy(
        goals.values(), 0, hostLabels, ValueLayout.JAVA_INT, 0, goals.values().length);
    backend.upload(hostLabels, labels);
    compute(null, count, goals.multiLabel(), mode, samples);
    return finite(samples, count, where);
  }

  /**
   * The same, of the next images of a pass that the device makes the batches of.
   *
   * @param multiLabel whether each label is a decision of 0 or 1
   */
  float gradients(HeldImages held, boolean multiLabel, int[] samples, Mode mode, String where) {
    network.begin(samples.length);
    compute(held, samples.length, multiLabel, mode, samples);
    return finite(samples, samples.length, where);
  }

  /** What one batch has in common with another one of which the operations are the same. */
  private record Batch(BatchStep step, HeldImages held, int count, boolean multiLabel, Mode mode) {}

  private void compute(HeldImages held, int count, boolean multiLabel, Mode mode, int[] samples) {
    boolean again =
        batch != null
            && batch.held() == held
            && batch.count() == count
            && batch.multiLabel() == multiLabel
            && batch.mode() == mode;
    if (!again) {
      batch = new Batch(this, held, count, multiLabel, mode);
      operations = operations(batch);
    }
    Backend backend = network.backend();
    if (batchWeights != null) {
      backend.upload(MemorySegment.ofArray(weights.of(samples)), batchWeights);
    }
    backend.repeat(batch, operations);
  }

  private Runnable operations(Batch of) {
    Backend backend = network.backend();
    return () -> {
      if (of.held() != null) {
        of.held().next(network.begin(of.count()), labels);
      }
      Tensor logits = network.forward(of.count(), of.mode());
      if (of.multiLabel()) {
        backend.sigmoidCrossEntropy(logits, labels, loss, network.gradLogits(of.count()));
      } else if (batchWeights != null) {
        Tensor gradient = network.gradLogits(of.count());
        backend.weightedSoftmaxCrossEntropy(logits, labels, batchWeights, loss, gradient);
      } else {
        backend.softmaxCrossEntropy(logits, labels, loss, network.gradLogits(of.count()));
      }
      network.backward(of.count(), of.mode());
    };
  }

  private float finite(int[] samples, int count, String where) {
    Backend backend = network.backend();
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
