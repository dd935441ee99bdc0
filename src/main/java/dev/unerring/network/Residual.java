// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * y = main(x) + shortcut(x) (He et al., Deep Residual Learning, 2015), where a shortcut without
 * layers is x itself; max(y, 0) of it where wanted. The last layer of the main chain may not look
 * at its output on the way back, because the sum takes its place: batch norm does not.
 */
public final class Residual implements Layer {
  private final Chain main;
  private final Chain shortcut;
  private final boolean relu;
  private Scratch scratch;

  /**
   * Describes the layer.
   *
   * @param main the layers that are added to the shortcut
   * @param shortcut layers from x to the shape of main's output; empty for x itself
   * @param relu whether ReLU follows
   */
  public Residual(List<Layer> main, List<Layer> shortcut, boolean relu) {
    this.main = new Chain(main);
    this.relu = relu;
    this.shortcut = shortcut.isEmpty() ? null : new Chain(shortcut);
  }

  /** The layers that are added to the shortcut. */
  public List<Layer> main() {
    return main.layers();
  }

  /** The layers of the shortcut; empty for the input itself. */
  public List<Layer> shortcut() {
    return shortcut == null ? List.of() : shortcut.layers();
  }

  /** Whether ReLU follows the sum. */
  public boolean relu() {
    return relu;
  }

  @Override
  public Shape outputShape(Shape input) {
    Shape output = main.outputShape(input);
    Shape other = shortcut == null ? input : shortcut.outputShape(input);
    if (!output.equals(other)) {
      throw new IllegalArgumentException("cannot add " + output + " and " + other);
    }
    return output;
  }

  @Override
  public List<ParameterSpec> parameters(Shape input) {
    List<ParameterSpec> specs = new ArrayList<>(main.parameters(input));
    if (shortcut != null) {
      specs.addAll(shortcut.parameters(input));
    }
    return specs;
  }

  @Override
  public long multiplications(Shape input) {
    long total = main.multiplications(input);
    return shortcut == null ? total : total + shortcut.multiplications(input);
  }

  @Override
  public long largest(Shape input) {
    long most = main.largest(input);
    return shortcut == null ? most : Math.max(most, shortcut.largest(input));
  }

  @Override
  public void bind(Backend backend, Shape input, List<Parameter> bound, Scratch lent) {
    scratch = lent;
    int mainParameters = main.parameters(input).size();
    main.bind(backend, input, bound.subList(0, mainParameters), lent);
    if (shortcut != null) {
      shortcut.bind(backend, input, bound.subList(mainParameters, bound.size()), lent);
    }
  }

  @Override
  public void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    main.forward(backend, x, y, mode);
    if (shortcut == null) {
      sum(backend, y, x);
      return;
    }
    Tensor other = scratch.take(y.shape());
    shortcut.forward(backend, x, other, mode);
    sum(backend, y, other);
    scratch.give(other);
  }

  private void sum(Backend backend, Tensor y, Tensor other) {
    if (relu) {
      backend.addRelu(y, other, y);
    } else {
      backend.add(y, other, y);
    }
  }

  @Override
  public boolean overwritesGradient() {
    return relu;
  }

  @Override
  public void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    if (relu) {
      backend.reluBackward(y, gradY, gradY);
    }
    main.backward(backend, x, y, gradY, gradX, mode);
    if (shortcut == null) {
      if (gradX != null) {
        backend.add(gradX, gradY, gradX);
      }
      return;
    }
    Tensor other = gradX == null ? null : scratch.take(x.shape());
    shortcut.backward(backend, x, y, gradY, other, mode);
    if (gradX != null) {
      backend.add(gradX, other, gradX);
      scratch.give(other);
    }
  }

  @Override
  public void commitStatistics(Backend backend, int images, float momentum) {
    main.commitStatistics(backend, images, momentum);
    if (shortcut != null) {
      shortcut.commitStatistics(backend, images, momentum);
    }
  }
}
