// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Turn;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The gradient of a sum of logits with respect to the pixels of one image, up to the factor of the
 * input scaling: the layers' own backward passes, so a bit-exact one. Patches have none. The
 * gradients of the trained values are overwritten.
 */
public final class InputGradient {
  private final Backend backend;
  private final List<Layer> layers;
  private final Tensor[] values; // input of each layer; last the logits
  private final Tensor[] gradients;
  private final float[] result;

  /** A pass that shares the values of a network, which must outlive it. */
  public InputGradient(Network network) {
    backend = network.backend();
    Shape shape = network.image();
    layers = Architectures.layers(network.architecture(), shape, network.classes());
    long words = shape.elements();
    for (Layer layer : layers) {
      words = Math.max(words, layer.largest(shape));
      shape = layer.outputShape(shape);
    }
    Scratch scratch = new Scratch(backend, words, network.arithmetic().ofModel());
    List<Parameter> all = network.parameters();
    values = new Tensor[layers.size() + 1];
    gradients = new Tensor[layers.size() + 1];
    shape = network.image();
    int next = 0;
    for (int i = 0; i <= layers.size(); i++) {
      values[i] = new Tensor(shape, backend.allocate(shape.elements()));
      gradients[i] = new Tensor(shape, backend.allocate(shape.elements()));
      if (i < layers.size()) {
        int count = layers.get(i).parameters(shape).size();
        layers.get(i).bind(backend, shape, all.subList(next, next + count), scratch);
        next += count;
        shape = layers.get(i).outputShape(shape);
      }
    }
    result = new float[network.image().imageElements()];
  }

  /**
   * The gradient at an image.
   *
   * @param pixels raw values 0..255 of one image
   * @param weights of the logits in the sum
   * @return one number an element, in NHWC order; the array is used again
   */
  public float[] at(float[] pixels, float[] weights) {
    try (Turn _ = backend.turn().take()) {
      backend.upload(MemorySegment.ofArray(pixels), values[0].data());
      for (int i = 0; i < layers.size(); i++) {
        Tensor x = values[i];
        if (layers.get(i).inPlace()) {
          backend.add(x, zero(i + 1), values[i + 1]);
          x = values[i + 1];
        }
        layers.get(i).forward(backend, x, values[i + 1], Mode.RUNNING_STATISTICS);
      }
      backend.upload(MemorySegment.ofArray(weights), gradients[layers.size()].data());
      for (int i = layers.size() - 1; i > 0; i--) {
        Layer layer = layers.get(i);
        Tensor x = layer.inPlace() ? values[i + 1] : values[i];
        layer.backward(
            backend, x, values[i + 1], gradients[i + 1], gradients[i], Mode.RUNNING_STATISTICS);
      }
      backend.download(gradients[1].data(), MemorySegment.ofArray(result));
      return result;
    }
  }

  /** Zeros of the shape of a layer's input; its gradient is not in use on the way forward. */
  private Tensor zero(int layer) {
    backend.fill(gradients[layer].data(), -0.0f);
    return gradients[layer];
  }
}
