// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * In evaluation mode the logits of a sample have the same bits in a batch of any size from 1 to
 * 257, at any place and beside any neighbours. (Of the residual network, which is large, the sizes
 * around the ends of vectors, tiles, chunks and shares of threads.)
 */
final class BatchInvarianceTest {
  private static final int LARGEST = 257;
  private static final int CLASSES = 3;

  /** Prime to every batch size below it, so that places and neighbours change with the size. */
  private static final int STRIDE = 263;

  @Test
  void smallNetwork() {
    check("small", Shape.image2d(28, 28, 1), all());
  }

  @Test
  void integerNetworks() {
    int[] sizes = {2, 3, 7, 8, 17, 64, 129, 257};
    check("small", Shape.image2d(28, 28, 1), Arithmetic.INTEGER, sizes);
    check("small3d", new Shape(1, 8, 8, 8, 1), Arithmetic.INTEGER, sizes);
  }

  @Test
  void residualNetwork() {
    check("resnet18", Shape.image2d(4, 4, 1), 2, 3, 5, 7, 8, 9, 16, 31, 49, 50, 64, 127, 256, 257);
  }

  @Test
  void network3d() {
    check("small3d", new Shape(1, 8, 8, 8, 1), all());
  }

  private static int[] all() {
    return IntStream.rangeClosed(2, LARGEST).toArray();
  }

  private static void check(String architecture, Shape image, int... sizes) {
    check(architecture, image, Arithmetic.ORDERED, sizes);
  }

  private static void check(String architecture, Shape image, Arithmetic arithmetic, int... sizes) {
    KernelSets.find();
    int pixels = image.imageElements();
    float[] all = Values.PLAIN.floats(7_000, LARGEST * pixels);
    for (int i = 0; i < all.length; i++) {
      all[i] = (int) (127.5f + 127 * all[i]);
    }
    try (Backend backend = CpuBackend.open("auto", 2)) {
      Network network = new Network(architecture, image, CLASSES, backend, LARGEST, arithmetic);
      Initializer.initialize(network, 3);
      int[][] alone = new int[LARGEST][];
      for (int i = 0; i < LARGEST; i++) {
        alone[i] = logits(network, all, pixels, i);
      }
      for (int size : sizes) {
        int[] samples = new int[size];
        for (int i = 0; i < size; i++) {
          samples[i] = (int) ((size + (long) i * STRIDE) % LARGEST);
        }
        int[] together = logits(network, all, pixels, samples);
        for (int i = 0; i < size; i++) {
          assertArrayEquals(
              alone[samples[i]],
              Arrays.copyOfRange(together, i * CLASSES, (i + 1) * CLASSES),
              architecture + ", batch of " + size + ", sample at " + i + "; " + TestSeed.replay());
        }
      }
    }
  }

  private static int[] logits(Network network, float[] all, int pixels, int... samples) {
    float[] batch = new float[samples.length * pixels];
    for (int i = 0; i < samples.length; i++) {
      System.arraycopy(all, samples[i] * pixels, batch, i * pixels, pixels);
    }
    var y = network.forward(MemorySegment.ofArray(batch), samples.length, Mode.RUNNING_STATISTICS);
    int[] bits = new int[samples.length * CLASSES];
    network.backend().download(y.data(), MemorySegment.ofArray(bits));
    return bits;
  }
}
