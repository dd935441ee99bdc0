// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.data.ImageSource;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import dev.unerring.train.Adam;
import dev.unerring.train.Batches;
import dev.unerring.train.Monitor;
import dev.unerring.train.SampleWeights;
import java.util.List;
import java.util.stream.IntStream;

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

  /** What the trainer does for a step: gather, gradients, optimiser, statistics, progress. */
  final class Step implements ImageSource {
    final Network network;
    private final Batches batches;
    private final Adam adam;
    private final float[] pixels;
    private final int[] samples;
    private final Monitor.Progress progress = new Monitor.Progress("train", 1);

    Step(Backend backend, int images, Arithmetic arithmetic) {
      network = new Network(name, image, classes, backend, images, arithmetic);
      Initializer.initialize(network, 0);
      adam = new Adam(network);
      pixels = pixels(images);
      samples = IntStream.range(0, images).toArray();
      batches = new Batches(network, this, Labels.single(labels(images)), SampleWeights.NONE);
    }

    float run() {
      batches.begin("epoch 1", samples);
      float loss = batches.gradients(samples.length, Mode.BATCH_STATISTICS);
      adam.step(1e-3, 0.0);
      network.commitStatistics(0.1f);
      Monitor.SILENT.progress(progress.moveTo(1, 1, 1, samples.length, loss, -1));
      return Monitor.SILENT.stop().isEmpty() ? loss : Float.NaN;
    }

    @Override
    public int imageElements() {
      return image.imageElements();
    }

    @Override
    public void copyImage(int sampleIndex, float[] destination, int offset) {
      System.arraycopy(
          pixels, sampleIndex * imageElements(), destination, offset, imageElements());
    }
  }
}
