// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.backend.Turn;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The embedding of an image: the input of the last layer, in evaluation mode. One image a pass. */
public final class FeaturePass {
  private final Backend backend;
  private final List<Layer> layers;
  private final Tensor[] values; // input of each layer

  /** A pass that shares the values of a network, which must outlive it. */
  public FeaturePass(Network network) {
    backend = network.backend();
    Shape shape = network.image();
    List<Layer> all = Architectures.layers(network.architecture(), shape, network.classes());
    layers = all.subList(0, all.size() - 1);
    long words = shape.elements();
    for (Layer layer : layers) {
      words = Math.max(words, layer.largest(shape));
      shape = layer.outputShape(shape);
    }
    Scratch scratch = new Scratch(backend, words, network.arithmetic().ofModel());
    values = new Tensor[layers.size() + 1];
    shape = network.image();
    int next = 0;
    for (int i = 0; i <= layers.size(); i++) {
      boolean inPlace = i > 0 && layers.get(i - 1).inPlace();
      values[i] = inPlace ? values[i - 1] : new Tensor(shape, backend.allocate(shape.elements()));
      if (i < layers.size()) {
        int own = layers.get(i).parameters(shape).size();
        layers.get(i).bind(backend, shape, network.parameters().subList(next, next + own), scratch);
        next += own;
        shape = layers.get(i).outputShape(shape);
      }
    }
  }

  /** Numbers of an embedding. */
  public int width() {
    return values[layers.size()].shape().imageElements();
  }

  /**
   * The embedding of an image.
   *
   * @param pixels uint8, NHWC
   */
  public float[] of(byte[] pixels) {
    float[] image = new float[pixels.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = pixels[i] & 0xFF;
    }
    try (Turn _ = backend.turn().take()) {
      backend.upload(MemorySegment.ofArray(image), values[0].data());
      for (int i = 0; i < layers.size(); i++) {
        layers.get(i).forward(backend, values[i], values[i + 1], Mode.RUNNING_STATISTICS);
      }
      float[] embedding = new float[width()];
      backend.download(values[layers.size()].data(), MemorySegment.ofArray(embedding));
      return embedding;
    }
  }
}
