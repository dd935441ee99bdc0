// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers one after another. It owns the activations between them; the first input and the last
 * output are the caller's.
 */
final class Chain {
  private final List<Layer> layers;
  private final List<Activation> between = new ArrayList<>();
  private Scratch scratch;
  private int firstTrained;

  Chain(List<Layer> layers) {
    this.layers = List.copyOf(layers);
    if (layers.isEmpty()
        || layers.getFirst().inPlace()
        || layers.getLast().inPlace()
        || layers.getLast().overwritesGradient()) {
      throw new IllegalArgumentException("a chain begins and ends with a layer of its own memory");
    }
  }

  List<Layer> layers() {
    return layers;
  }

  Shape outputShape(Shape input) {
    Shape shape = input;
    for (Layer layer : layers) {
      shape = layer.outputShape(shape);
    }
    return shape;
  }

  /** The stored tensors in declared order. */
  List<ParameterSpec> parameters(Shape input) {
    List<ParameterSpec> specs = new ArrayList<>();
    Shape shape = input;
    for (Layer layer : layers) {
      specs.addAll(layer.parameters(shape));
      shape = layer.outputShape(shape);
    }
    return specs;
  }

  /** Multiplications of a forward pass in convolutions and linear layers. */
  long multiplications(Shape input) {
    long total = 0;
    Shape shape = input;
    for (Layer layer : layers) {
      total += layer.multiplications(shape);
      shape = layer.outputShape(shape);
    }
    return total;
  }

  /** Elements of the largest activation, ends included. */
  long largest(Shape input) {
    long largest = input.elements();
    Shape shape = input;
    for (Layer layer : layers) {
      largest = Math.max(largest, layer.largest(shape));
      shape = layer.outputShape(shape);
    }
    return largest;
  }

  /** Gives the layers their tensors, in the order of {@link #parameters}, and their memory. */
  void bind(Backend backend, Shape input, List<Parameter> bound, Scratch lent) {
    scratch = lent;
    Shape shape = input;
    int next = 0;
    firstTrained = layers.size();
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      int count = layer.parameters(shape).size();
      List<Parameter> own = bound.subList(next, next + count);
      next += count;
      if (own.stream().anyMatch(parameter -> parameter.spec().role().trained())) {
        firstTrained = Math.min(firstTrained, i);
      }
      layer.bind(backend, shape, own, lent);
      shape = layer.outputShape(shape);
      if (i < layers.size() - 1) {
        Buffer data =
            layer.inPlace() ? between.getLast().whole().data() : backend.allocate(shape.elements());
        between.add(new Activation(new Tensor(shape, data)));
      }
    }
  }

  /**
   * y from x, which may have fewer images than at {@link #bind}.
   *
   * @throws dev.unerring.StoppedException between two layers, where the pass shall stop
   */
  void forward(Backend backend, Tensor x, Tensor y, Mode mode) {
    for (int i = 0; i < layers.size(); i++) {
      scratch.check();
      layers.get(i).forward(backend, input(i, x), input(i + 1, x, y), mode);
    }
  }

  /**
   * Gradients of the parameters and, unless gradX is null, of the input. Of the first and last
   * layers' memory only gradX is written; gradY stays.
   *
   * @throws dev.unerring.StoppedException between two layers, where the pass shall stop
   */
  void backward(Backend backend, Tensor x, Tensor y, Tensor gradY, Tensor gradX, Mode mode) {
    Tensor gradient = gradY;
    for (int i = layers.size() - 1; i >= 0; i--) {
      scratch.check();
      Layer layer = layers.get(i);
      Tensor in = input(i, x);
      boolean needed = gradX != null || i > firstTrained;
      Tensor target = null;
      if (i == 0) {
        target = gradX;
      } else if (needed) {
        boolean inPlace = layer.gradientInPlace() && gradient != gradY;
        target = inPlace ? gradient : scratch.take(in.shape());
      }
      layer.backward(backend, in, input(i + 1, x, y), gradient, target, mode);
      if (gradient != gradY && target != gradient) {
        scratch.give(gradient);
      }
      if (target == null) {
        break;
      }
      gradient = target;
    }
  }

  void commitStatistics(Backend backend, int images, float momentum) {
    for (int i = 0; i < layers.size(); i++) { // an iterator a step would be garbage
      layers.get(i).commitStatistics(backend, images, momentum);
    }
  }

  private Tensor input(int layer, Tensor x) {
    return layer == 0 ? x : between.get(layer - 1).of(x.shape().n());
  }

  private Tensor input(int layer, Tensor x, Tensor y) {
    return layer == layers.size() ? y : input(layer, x);
  }
}
