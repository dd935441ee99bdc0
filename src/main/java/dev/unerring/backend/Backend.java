// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The operations of a network. Activations are NDHWC float32, convolution weights
 * [kd][kh][kw][ic][oc], linear weights [in][out], vectors [channel]. The order of every operation
 * is written in docs/arithmetic.md and carried out by {@link ReferenceBackend}.
 *
 * <p>A backend owns every buffer it allocates and frees them all when closed. One thread at a time
 * uses it ({@link #turn}): a second one gets a {@link dev.unerring.base.ConcurrentUseException} at
 * once. Separate backends share nothing. Outputs never overlap inputs, except where said. Sizes
 * that do not fit together raise {@link IllegalArgumentException}; a closed backend raises {@link
 * IllegalStateException}.
 */
public interface Backend extends AutoCloseable {
  /** Name for messages and records: reference, cpu, ... */
  String name();

  /** What the backend promises about its bits. */
  Exactness exactness();

  /** The turn that a thread takes around operations that belong together. */
  Turn turn();

  /** Whether the caller may read and write buffers through their memory between two calls. */
  default boolean hostMemory() {
    return false;
  }

  /** Memory of {@code words} 32-bit words, all zero. */
  Buffer allocate(long words);

  /** Copies host memory of at most the buffer's size to its start. */
  void upload(MemorySegment source, Buffer target);

  /** Copies the start of the buffer to host memory. */
  void download(Buffer source, MemorySegment target);

  /**
   * This backend with the bits of the definition, over the same memory: itself, unless it is one of
   * {@link Exactness#TOLERANCE}. Closed together with this one.
   */
  default Backend exact() {
    return this;
  }

  /**
   * Carries out operations. Whenever the key is equal, they are the same ones on the same memory
   * with the same numbers, and copy nothing from or to the host; so a device may record them and
   * repeat the recording. The bits are the same either way.
   */
  default void repeat(Object key, Runnable operations) {
    operations.run();
  }

  /**
   * Holds images on the device, where that pays and they fit; else empty, and the host makes the
   * batches. The same memory is held once.
   *
   * @param images uint8, one after another
   * @param imageBytes bytes of an image
   */
  default Optional<HeldImages> hold(MemorySegment images, int imageBytes) {
    return Optional.empty();
  }

  /** Sets every word to one value. */
  void fill(Buffer target, float value);

  /** y = chain of fma over (kd, kh, kw, ic) from +0, taps outside as +0; then + bias. */
  void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y);

  /** gradX = gather over (kd, kh, kw, oc); taps outside gradY as +0, stride holes left out. */
  void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX);

  /** gradWeight, gradBias: chunked chains over the positions of gradY. */
  void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias);

  /** y[n][out] = chain over the elements of x[n] from +0; then + bias. */
  void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y);

  /** gradX[n][in] = chain over out. */
  void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX);

  /** gradWeight, gradBias: chains over samples in chunks of 1,024. */
  void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias);

  /** y = fma(x, scale[c], shift[c]). */
  void scaleForward(Tensor x, Buffer scale, Buffer shift, Tensor y);

  /** Mean and biased variance of each channel over all positions, two passes. */
  void batchNormStatistics(Tensor x, Buffer mean, Buffer variance);

  /** y = fma((x - mean) * inverseDeviation, gamma, beta). */
  void batchNormForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y);

  /**
   * Gradients of batch norm; gradX may be gradY.
   *
   * @param frozen true where mean and variance are constants (running statistics), false where they
   *     are the statistics of x
   */
  void batchNormBackward(
      Tensor x,
      Tensor gradY,
      Buffer mean,
      Buffer variance,
      Buffer gamma,
      boolean frozen,
      Buffer gradGamma,
      Buffer gradBeta,
      Tensor gradX);

  /** {@link #batchNormForward}, then {@link #reluForward}. */
  default void batchNormReluForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y) {
    batchNormForward(x, mean, variance, gamma, beta, y);
    reluForward(y, y);
  }

  /**
   * {@link #reluBackward}, then {@link #batchNormBackward}; gradX may be gradY.
   *
   * @param y what {@link #batchNormReluForward} made of x with the same vectors
   */
  default void batchNormReluBackward(
      Tensor x,
      Tensor y,
      Tensor gradY,
      Buffer mean,
      Buffer variance,
      Buffer gamma,
      Buffer beta,
      boolean frozen,
      Buffer gradGamma,
      Buffer gradBeta,
      Tensor gradX) {
    reluBackward(y, gradY, gradX);
    batchNormBackward(x, gradX, mean, variance, gamma, frozen, gradGamma, gradBeta, gradX);
  }

  /**
   * running = fma(momentum, batch - running, running), the variance made unbiased first: variance *
   * (count / (count - 1)).
   *
   * @param count positions that the statistics were taken over, at least 2
   */
  void batchNormUpdate(
      Buffer mean,
      Buffer variance,
      long count,
      float momentum,
      Buffer runningMean,
      Buffer runningVariance);

  /** y = x where x is positive or NaN, otherwise +0; y may be x. */
  void reluForward(Tensor x, Tensor y);

  /** gradX = gradY where y is positive, otherwise +0; gradX may be gradY. */
  void reluBackward(Tensor y, Tensor gradY, Tensor gradX);

  /** Largest of each window; NaN wins, otherwise the lowest index among equals; no padding. */
  void maxPoolForward(Tensor x, Window window, Tensor y);

  /** gradX = sum of gradY over the windows that the position won, ascending. */
  void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX);

  /** y[n][c] = (chain over positions) / positions. */
  void averagePoolForward(Tensor x, Tensor y);

  /** gradX = gradY / positions. */
  void averagePoolBackward(Tensor gradY, Tensor gradX);

  /** y = a + b; y may be a or b. */
  void add(Tensor a, Tensor b, Tensor y);

  /** {@link #add}, then {@link #reluForward}; y may be a or b. */
  default void addRelu(Tensor a, Tensor b, Tensor y) {
    add(a, b, y);
    reluForward(y, y);
  }

  /**
   * Mean softmax cross-entropy over the batch and its gradient.
   *
   * @param labels int32 [n], each in 0..K-1
   * @param loss one word: the mean
   */
  void softmaxCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits);

  /**
   * {@link #softmaxCrossEntropy} with the loss and the gradient of each sample multiplied by its
   * weight, before the mean is taken over the number of samples. With weights of 1 the bits are
   * those of the operation without weights.
   *
   * @param labels int32 [n], each in 0..K-1
   * @param weights float32 [n]
   * @param loss one word: the mean
   */
  void weightedSoftmaxCrossEntropy(
      Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits);

  /**
   * Mean sigmoid cross-entropy over the batch's samples and labels, and its gradient.
   *
   * @param labels int32 [n][K], each 0 or 1
   * @param loss one word: the mean
   */
  void sigmoidCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits);

  /** Number of elements that are infinite or NaN. */
  long countNonFinite(Buffer values);

  /** SGD with momentum, coupled L2; updates parameter and velocity in place. */
  void sgdStep(
      Buffer parameter,
      Buffer gradient,
      Buffer velocity,
      float learningRate,
      float momentum,
      float weightDecay);

  /** Adam; updates parameter and both moments in place. */
  void adamStep(Buffer parameter, Buffer gradient, Buffer first, Buffer second, AdamStep constants);

  /**
   * Frees every buffer; a second call does nothing.
   *
   * @throws dev.unerring.base.ConcurrentUseException where another thread is inside a call; then
   *     nothing has changed, and it is closed after that call
   */
  @Override
  void close();
}
