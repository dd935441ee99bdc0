package dev.unerring.bench;

import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import dev.unerring.train.Adam;
import dev.unerring.train.BatchStep;
import java.util.List;

/**
 * A network with images and labels to take a training step on.
 *
 * @param name architecture
 * @param image shape of one image
 * @param classes number of logits
 * @param batch images of a step
 */
record Nets(String name, Shape image, int classes, int batch) {
  static final List<Nets> ALL =
      List.of(
          new Nets("small", Shape.image2d(28, 28, 1), 2, 128),
          new Nets("resnet18", Shape.image2d(28, 28, 3), 5, 128),
          new Nets("small3d", new Shape(1, 28, 28, 28, 1), 2, 32));

  static Nets named(String name) {
    return ALL.stream().filter(net -> net.name.equals(name)).findFirst().orElseThrow();
  }

  /** Raw values 0..255 of so many images. */
  float[] pixels(int images) {
    float[] values = Memory.values((long) images * image.imageElements(), 7);
    for (int i = 0; i < values.length; i++) {
      values[i] = (int) ((values[i] + 1.0f) * 127.5f);
    }
    return values;
  }

  int[] labels(int images) {
    int[] labels = new int[images];
    for (int i = 0; i < images; i++) {
      labels[i] = i % classes;
    }
    return labels;
  }

  /** Billions of floating-point operations of a training step, for each image. */
  double trainingGflop() {
    try (Backend backend = new ReferenceBackend()) {
      return 6e-9 * new Network(name, image, classes, backend, 1).multiplications();
    }
  }

  /** A network, its optimiser and one batch: everything that a step needs. */
  final class Step {
    final Network network;
    private final BatchStep gradients;
    private final Adam adam;
    private final float[] pixels;
    private final Labels labels;
    private final int[] samples;

    Step(Backend backend, int images) {
      network = new Network(name, image, classes, backend, images);
      Initializer.initialize(network, 0);
      gradients = new BatchStep(network);
      adam = new Adam(network);
      pixels = pixels(images);
      labels = Labels.single(labels(images));
      samples = new int[images];
    }

    float run() {
      float loss = gradients.gradients(pixels, labels, samples, Mode.BATCH_STATISTICS, "step");
      adam.step(1e-3, 0.0);
      network.commitStatistics(0.1f);
      return loss;
    }
  }
}
