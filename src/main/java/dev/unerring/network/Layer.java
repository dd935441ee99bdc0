// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * One step of a network. A layer is a description until {@link #bind} gives it memory; after that
 * it belongs to one network.
 */
public interface Layer {
  /** Shape of the output for an input of this shape. */
  Shape outputShape(Shape input);

  /** The stored tensors in declared order. */
  List<ParameterSpec> parameters(Shape input);

  /**
   * Gives the layer its tensors, in the order of {@link #parameters}.
   *
   * @param scratch memory for layers that are made of layers
   */
  void bind(Backend backend, Shape input, List<Parameter> bound, Scratch scratch);

  /** Multiplications of one forward pass in convolutions and linear layers. */
  default long multiplications(Shape input) {
    return 0;
  }

  /** Elements of the largest tensor that passes through: x, y, or one inside. */
  default long largest(Shape input) {
    return Math.max(input.elements(), outputShape(input).elements());
  }

  /**
   * What an output position looks at: a window, of one position where it looks at its own only;
   * empty where it looks at the whole image.
   */
  default Optional<Window> reach() {
    return Optional.empty();
  }

  /**
   * The outputs of a part of an image, with running statistics.
   *
   * @param x what {@link #reach} of these outputs covers, border included as +0
   */
  default void forwardInside(Backend backend, Tensor x, Tensor y) {
    forward(backend, x, y, Mode.RUNNING_STATISTICS);
  }

  /** Whether y may be the memory of x (and gradX that of gradY). */
  default boolean inPlace() {
    return false;
  }

  /** Whether gradX may be the memory of gradY. */
  default boolean gradientInPlace() {
    return inPlace();
  }

  /** Whether {@link #backward} writes into gradY even where gradX is other memory. */
  default boolean overwritesGradient() {
    return false;
  }

  /** y from x. */
  void forward(Backend backend, Tensor x, Tensor y, Mode mode);

  /**
   * Gradients of the parameters and, unless gradX is null, of the input. gradY stays, unless {@link
   * #gradientInPlace} or {@link #overwritesGradient} says otherwise.
   *
   * @param x input of the forward pass
   * @param y output of the forward pass
   */
  void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode);

  /**
   * Moves the running statistics towards those of the last batch; only batch norm has any.
   *
   * @param images of that batch
   */
  default void commitStatistics(Backend backend, int images, float momentum) {}
}
