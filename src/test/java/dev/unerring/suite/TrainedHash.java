// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.network.StoredTensors;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.train.Adam;
import dev.unerring.train.BatchStep;
import java.util.Arrays;

/**
 * The hash of a network's weights after a few training steps. As a program: kernel set, number of
 * threads, then networks; prints a line a network.
 */
final class TrainedHash {
  private static final int CLASSES = 3;

  /** A network, its images, its batch and its optimiser. */
  enum Case {
    SMALL_ADAM("small", Shape.image2d(28, 28, 1), 5, true, Arithmetic.ORDERED),
    SMALL_SGD("small", Shape.image2d(28, 28, 3), 3, false, Arithmetic.ORDERED),
    VOLUME("small3d", new Shape(1, 8, 9, 10, 1), 3, true, Arithmetic.ORDERED),
    RESIDUAL("resnet18", Shape.image2d(7, 8, 1), 3, false, Arithmetic.ORDERED),
    SMALL_INTEGER("small", Shape.image2d(28, 28, 1), 5, true, Arithmetic.INTEGER),
    VOLUME_INTEGER("small3d", new Shape(1, 8, 9, 10, 1), 3, true, Arithmetic.INTEGER),
    RESIDUAL_INTEGER("resnet18", Shape.image2d(7, 8, 1), 3, false, Arithmetic.INTEGER);

    private final String architecture;
    private final Shape image;
    private final int batch;
    private final boolean adam;
    private final Arithmetic arithmetic;

    Case(String architecture, Shape image, int batch, boolean adam, Arithmetic arithmetic) {
      this.architecture = architecture;
      this.image = image;
      this.batch = batch;
      this.adam = adam;
      this.arithmetic = arithmetic;
    }
  }

  private TrainedHash() {}

  public static void main(String[] arguments) {
    for (String name : Arrays.asList(arguments).subList(2, arguments.length)) {
      Backend backend = CpuBackend.open(arguments[0], Integer.parseInt(arguments[1]));
      System.out.println(name + " " + of(Case.valueOf(name), backend));
    }
  }

  /** Three steps, the last one with batch norm frozen; closes the backend. */
  static String of(Case each, Backend fresh) {
    try (Backend backend = fresh) {
      Network network =
          new Network(each.architecture, each.image, CLASSES, backend, each.batch, each.arithmetic);
      Initializer.initialize(network, 11);
      BatchStep step = new BatchStep(network);
      Adam adam = new Adam(network);
      Buffer velocity = backend.allocate(network.parameterCount());
      int[] samples = new int[each.batch];
      int[] labels = new int[each.batch];
      for (int i = 0; i < each.batch; i++) {
        samples[i] = i;
        labels[i] = i % CLASSES;
      }
      for (int i = 0; i < 3; i++) {
        Mode mode = i < 2 ? Mode.BATCH_STATISTICS : Mode.RUNNING_STATISTICS;
        float[] pixels = pixels(i, each.batch * each.image.imageElements());
        step.gradients(pixels, Labels.single(labels), samples, mode, "step " + i);
        if (each.adam) {
          adam.step(1e-3, 1e-4);
        } else {
          backend.sgdStep(network.values(), network.gradients(), velocity, 0.01f, 0.9f, 1e-4f);
        }
        if (mode == Mode.BATCH_STATISTICS) {
          network.commitStatistics(0.1f);
        }
      }
      return StoredTensors.of(network).weightsSha256();
    }
  }

  /** Whole numbers from 0 to 254. */
  static float[] pixels(int stream, int count) {
    float[] pixels = Values.PLAIN.floats(8_000 + stream, count);
    for (int i = 0; i < count; i++) {
      pixels[i] = (int) (127.5f + 127 * pixels[i]);
    }
    return pixels;
  }
}
