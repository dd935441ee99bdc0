// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.Philox;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestSeed;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Logits of images with one changed element have the bits of a pass over the whole image. */
class LocalPassTest {
  private static final int CLASSES = 3;
  private static final int BATCH = 5;

  @Test
  void small() {
    check(TestBackends.open(), "small", Shape.image2d(28, 28, 1), 1, 3);
  }

  @Test
  void smallWithThreeChannels() {
    check(TestBackends.open(), "small", Shape.image2d(28, 28, 3), 7, 3);
  }

  @Test
  void threeDimensionsWithExtentsThatPoolingCuts() {
    check(TestBackends.open(), "small3d", new Shape(1, 9, 11, 14, 1), 5, 2);
  }

  @Test
  void residualNetwork() {
    check(TestBackends.open(), "resnet18", Shape.image2d(6, 5, 1), 5, 1);
  }

  @Test
  void networkThatScalesEachImage() {
    check(TestBackends.open(), "deng-7", Shape.image2d(5, 5, 1), 1, 2);
  }

  @Test
  void theDefinition() {
    check(new ReferenceBackend(), "small", Shape.image2d(28, 28, 1), 97, 2);
  }

  @Test
  void patchesApply() {
    Shape image = Shape.image2d(28, 28, 1);
    try (Backend backend = TestBackends.open()) {
      Network network = network(backend, "small", image);
      byte[] pixels = pixels(image);
      network.patch(new Patches(pixels, new float[] {3.5f}, new float[] {0, 1_000, 0}));
      LocalPass pass = new LocalPass(network, BATCH);
      float[] own = pass.base(pixels);
      float[] logits = new float[BATCH * CLASSES];
      int value = pixels[100] & 0xFF;
      int far = value < 128 ? value + 4 : value - 4;
      int near = value < 128 ? value + 3 : value - 3;
      pass.logits(new int[] {100, 100}, new int[] {near, far}, 2, logits);
      assertArrayEquals(whole(network, pixels, -1, 0), bits(own, 0));
      assertArrayEquals(whole(network, pixels, 100, near), bits(logits, 0));
      assertArrayEquals(whole(network, pixels, 100, far), bits(logits, 1));
      assertFalse(Arrays.equals(bits(logits, 0), bits(logits, 1)));
    }
  }

  @Test
  void memoryThatIsNotTheHostsIsRefused() {
    try (Backend device =
        TestBackends.meddled(
            (name, arguments, real) -> name.equals("hostMemory") ? Boolean.FALSE : real.make())) {
      Network network = network(device, "deng-2", Shape.image2d(3, 3, 1));
      assertThrows(IllegalArgumentException.class, () -> new LocalPass(network, 1));
    }
  }

  @Test
  void scalesOfTheWholeImageAreRefused() {
    try (Backend backend = TestBackends.open()) {
      Network network =
          new Network("deng-2", Shape.image2d(3, 3, 1), 2, backend, 1, Arithmetic.INTEGER);
      assertFalse(LocalPass.serves(network));
      assertThrows(IllegalArgumentException.class, () -> new LocalPass(network, 1));
    }
  }

  private static void check(
      Backend opened, String architecture, Shape image, int step, int valuesEach) {
    try (Backend backend = opened) {
      Network network = network(backend, architecture, image);
      byte[] pixels = pixels(image);
      LocalPass pass = new LocalPass(network, BATCH);
      assertArrayEquals(whole(network, pixels, -1, 0), bits(pass.base(pixels), 0));
      Map<Long, int[]> waiting = new LinkedHashMap<>();
      Map<Long, Integer> counts = new LinkedHashMap<>();
      for (int e = 0; e < pixels.length; e += step) {
        for (int k = 0; k < valuesEach; k++) { // elements of a group together, as masks need it
          long group = pass.group(e);
          int[] batch = waiting.computeIfAbsent(group, key -> new int[2 * BATCH]);
          int count = counts.getOrDefault(group, 0);
          batch[count] = e;
          batch[BATCH + count] = (e * 37 + k * 101) & 0xFF;
          counts.put(group, count + 1);
          if (count + 1 == BATCH) {
            compare(pass, network, pixels, batch, BATCH);
            counts.put(group, 0);
          }
        }
      }
      counts.forEach((group, count) -> compare(pass, network, pixels, waiting.get(group), count));
    }
  }

  private static void compare(
      LocalPass pass, Network network, byte[] pixels, int[] batch, int count) {
    if (count == 0) {
      return;
    }
    float[] logits = new float[BATCH * CLASSES];
    int[] values = Arrays.copyOfRange(batch, BATCH, 2 * BATCH);
    pass.logits(Arrays.copyOf(batch, BATCH), values, count, logits);
    for (int v = 0; v < count; v++) {
      int element = batch[v];
      assertArrayEquals(
          whole(network, pixels, element, values[v]),
          bits(logits, v),
          () -> "element " + element + "; " + TestSeed.replay());
    }
  }

  private static Network network(Backend backend, String architecture, Shape image) {
    Network network = new Network(architecture, image, CLASSES, backend, BATCH);
    Initializer.initialize(network, 11);
    return network;
  }

  private static byte[] pixels(Shape image) {
    byte[] pixels = new byte[image.imageElements()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) Philox.bits(TestSeed.VALUE, 200, 0, i);
    }
    return pixels;
  }

  private static int[] whole(Network network, byte[] pixels, int element, int value) {
    float[] image = new float[pixels.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = i == element ? value : pixels[i] & 0xFF;
    }
    var y = network.forward(MemorySegment.ofArray(image), 1, Mode.RUNNING_STATISTICS);
    int[] bits = new int[CLASSES];
    network.backend().download(y.data(), MemorySegment.ofArray(bits));
    return bits;
  }

  private static int[] bits(float[] logits, int row) {
    int[] bits = new int[CLASSES];
    for (int c = 0; c < CLASSES; c++) {
      bits[c] = Float.floatToRawIntBits(logits[row * CLASSES + c]);
    }
    return bits;
  }
}
