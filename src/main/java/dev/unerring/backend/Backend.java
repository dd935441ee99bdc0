// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The operations of a network. {@code docs/arithmetic.md} defines the order of every sum; {@link
 * ReferenceBackend} is that definition as plain loops.
 *
 * <p>Shapes: activations are float32 [n][d][h][w][c] (samples, depth, height, width, channels; d is
 * 1 for 2D images); a position is one (d, h, w) of a sample. Convolution weights are
 * [kd][kh][kw][ic][oc], linear weights [in][out], vectors [c]. The elements of a sample are its d *
 * h * w * c values. K is the number of logits of a sample. A gradient has the shape of what it is
 * the gradient of. Outputs do not overlap inputs, except where said.
 *
 * <p>Errors, of every operation: {@link IllegalArgumentException} where shapes or sizes do not fit
 * together, before anything is written; {@link IllegalStateException} after {@link #close}; {@link
 * dev.unerring.base.ConcurrentUseException} where another thread is inside a call or holds the
 * {@link #turn}; {@link dev.unerring.DeviceException} where memory or the device fails. Infinite
 * and NaN values are no error; {@link #countNonFinite} finds them.
 *
 * <p>A backend owns every buffer it allocates and frees them all when closed. Separate backends
 * share nothing.
 */
public interface Backend extends Products, AutoCloseable {
  /** Name for messages and records: reference, cpu, ... */
  String name();

  /** What the backend promises about its bits. */
  Exactness exactness();

  /** The turn that a thread takes around operations that belong together. */
  Turn turn();

  /**
   * Whether the caller may read and write buffers through their memory between two calls; false on
   * devices with memory of their own.
   */
  default boolean hostMemory() {
    return true;
  }

  /**
   * Memory of {@code words} 32-bit words, all zero; freed when the backend is closed.
   *
   * @throws dev.unerring.DeviceException where the device has no such memory
   */
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
   * The products of the arithmetic {@code integer}, over the same memory and with the same turn;
   * their definition is {@code IntegerReference}.
   *
   * @throws dev.unerring.DeviceException where the device has no kernels for them
   */
  Products integer();

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

  /** Sets every word of a buffer to the bits of one value. */
  void fill(Buffer target, float value);

  /**
   * y = fma(x, scale[c], shift[c]), each element by itself.
   *
   * @param scale [c]
   * @param shift [c]
   * @param y as x
   */
  void scaleForward(Tensor x, Buffer scale, Buffer shift, Tensor y);

  /**
   * Mean and biased variance of each channel over all samples and positions: the mean first, then
   * the squares of the differences from it, both as chunked sums.
   *
   * @param x [n][d][h][w][c]
   * @param mean [c], written
   * @param variance [c], written
   */
  void batchNormStatistics(Tensor x, Buffer mean, Buffer variance);

  /**
   * y = fma((x - mean[c]) * inverseDeviation[c], gamma[c], beta[c]), each element by itself.
   *
   * @param mean [c]
   * @param variance [c]
   * @param gamma [c]
   * @param beta [c]
   * @param y as x
   */
  void batchNormForward(
      Tensor x, Buffer mean, Buffer variance, Buffer gamma, Buffer beta, Tensor y);

  /**
   * Gradients of batch norm: gradBeta and gradGamma as chunked sums over samples and positions,
   * then gradX, each element by itself.
   *
   * @param x what the forward pass was given
   * @param gradY as x
   * @param mean [c], of the forward pass
   * @param variance [c], of the forward pass
   * @param gamma [c]
   * @param frozen true where mean and variance are constants (running statistics), false where they
   *     are the statistics of x
   * @param gradGamma [c], written
   * @param gradBeta [c], written
   * @param gradX as x; may be gradY
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
   * Running statistics, each channel by itself: running = fma(momentum, batch - running, running),
   * the variance made unbiased first: variance * (count / (count - 1)).
   *
   * @param mean [c], of the batch
   * @param variance [c], of the batch, biased
   * @param count positions that the statistics were taken over, at least 2
   * @param momentum share of the batch
   * @param runningMean [c], updated
   * @param runningVariance [c], updated
   */
  void batchNormUpdate(
      Buffer mean,
      Buffer variance,
      long count,
      float momentum,
      Buffer runningMean,
      Buffer runningVariance);

  /**
   * y = x where x is positive or NaN, otherwise +0.
   *
   * @param y as x; may be x
   */
  void reluForward(Tensor x, Tensor y);

  /**
   * gradX = gradY where y is positive, otherwise +0.
   *
   * @param y what {@link #reluForward} wrote
   * @param gradY as y
   * @param gradX as y; may be gradY
   */
  void reluBackward(Tensor y, Tensor gradY, Tensor gradX);

  /**
   * Max pooling: the largest of each window. A NaN wins; among equals the lowest index.
   *
   * @param x [n][d][h][w][c]
   * @param window without padding; windows that do not fit are left out
   * @param y [n][od][oh][ow][c]
   */
  void maxPoolForward(Tensor x, Window window, Tensor y);

  /**
   * Gradient of max pooling: gradX = sum of gradY over the windows that the position won,
   * ascending.
   *
   * @param x what the forward pass was given
   * @param gradY [n][od][oh][ow][c]
   * @param gradX as x
   */
  void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX);

  /**
   * Mean of each channel of a sample: the chain of additions over positions, ascending, divided by
   * their number.
   *
   * @param x [n][d][h][w][c]
   * @param y [n][1][1][1][c]
   */
  void averagePoolForward(Tensor x, Tensor y);

  /**
   * Gradient of that mean: gradX = gradY / positions.
   *
   * @param gradY [n][1][1][1][c]
   * @param gradX [n][d][h][w][c]
   */
  void averagePoolBackward(Tensor gradY, Tensor gradX);

  /**
   * y = a + b, each element by itself.
   *
   * @param b as a
   * @param y as a; may be a or b
   */
  void add(Tensor a, Tensor b, Tensor y);

  /** {@link #add}, then {@link #reluForward}; y may be a or b. */
  default void addRelu(Tensor a, Tensor b, Tensor y) {
    add(a, b, y);
    reluForward(y, y);
  }

  /**
   * Mean softmax cross-entropy over the batch, a chunked sum over samples, and its gradient.
   *
   * @param logits K elements a sample
   * @param labels int32 [n], each in 0..K-1
   * @param loss one word: the mean
   * @param gradLogits as logits
   */
  void softmaxCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits);

  /**
   * {@link #softmaxCrossEntropy} with the loss and the gradient of each sample multiplied by its
   * weight, before the mean is taken over the number of samples. With weights of 1 the bits are
   * those of the operation without weights.
   *
   * @param logits K elements a sample
   * @param labels int32 [n], each in 0..K-1
   * @param weights float32 [n]
   * @param loss one word: the mean
   * @param gradLogits as logits
   */
  void weightedSoftmaxCrossEntropy(
      Tensor logits, Buffer labels, Buffer weights, Buffer loss, Tensor gradLogits);

  /**
   * Mean sigmoid cross-entropy over the batch's samples and labels, a chunked sum over samples, and
   * its gradient.
   *
   * @param logits K elements a sample
   * @param labels int32 [n][K], each 0 or 1
   * @param loss one word: the mean
   * @param gradLogits as logits
   */
  void sigmoidCrossEntropy(Tensor logits, Buffer labels, Buffer loss, Tensor gradLogits);

  /** Number of words of a buffer that are infinite or NaN as float32. */
  long countNonFinite(Buffer values);

  /**
   * SGD with momentum and coupled L2, each word by itself.
   *
   * @param parameter [words], updated
   * @param gradient [words]
   * @param velocity [words], updated; zero before the first step
   */
  void sgdStep(
      Buffer parameter,
      Buffer gradient,
      Buffer velocity,
      float learningRate,
      float momentum,
      float weightDecay);

  /**
   * Adam, each word by itself.
   *
   * @param parameter [words], updated
   * @param gradient [words]
   * @param first [words], the first moment, updated; zero before the first step
   * @param second [words], the second moment, updated; zero before the first step
   * @param constants of this step
   */
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
