// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.UsageException;
import dev.unerring.backend.Backend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.suite.TestBackends;
import dev.unerring.suite.TestData;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * In evaluation mode the logits of a sample depend on the network and on its pixels alone, bit for
 * bit: not on the batch size, the neighbours or the order.
 */
class NetworkTest {
  private static final int SAMPLES = 130;
  private static final int CLASSES = 3;
  private final TestData data = TestData.generated(SAMPLES, CLASSES, 5);

  @Test
  void batchSizeIsOfNoAccount() {
    try (Backend backend = TestBackends.open()) {
      int[] all = IntStream.range(0, SAMPLES).toArray();
      int[] alone = logits(backend, 1, all);
      assertTrue(Arrays.stream(alone).distinct().count() > SAMPLES, "the logits differ by sample");
      for (int batch : new int[] {3, 17, 128}) {
        assertArrayEquals(alone, logits(backend, batch, all), "batch " + batch);
      }
    }
  }

  @Test
  void theDefinitionHasTheSameBits() {
    int[] some = IntStream.range(0, 18).toArray();
    int[] expected;
    try (Backend backend = TestBackends.open()) {
      expected = logits(backend, 128, some);
    }
    try (Backend reference = new ReferenceBackend()) {
      assertArrayEquals(expected, logits(reference, 1, some));
      assertArrayEquals(expected, logits(reference, 17, some));
    }
  }

  @Test
  void orderAndNeighboursAreOfNoAccount() {
    try (Backend backend = TestBackends.open()) {
      int[] all = IntStream.range(0, SAMPLES).toArray();
      int[] backwards = IntStream.range(0, SAMPLES).map(i -> SAMPLES - 1 - i).toArray();
      int[] expected = logits(backend, 17, all);
      int[] found = logits(backend, 17, backwards);
      for (int i = 0; i < SAMPLES; i++) {
        int at = (SAMPLES - 1 - i) * CLASSES;
        assertArrayEquals(
            Arrays.copyOfRange(expected, i * CLASSES, (i + 1) * CLASSES),
            Arrays.copyOfRange(found, at, at + CLASSES),
            "sample " + i);
      }
    }
  }

  @Test
  void smallHasThePublishedNumberOfParameters() {
    try (Backend backend = new ReferenceBackend()) {
      Network network = new Network("small", Shape.image2d(28, 28, 1), 2, backend, 1);
      assertEquals(234_034, network.parameterCount());
    }
  }

  @Test
  void small3dHasThePublishedNumberOfParameters() {
    try (Backend backend = new ReferenceBackend()) {
      Network network = new Network("small3d", new Shape(1, 28, 28, 28, 1), 2, backend, 1);
      assertEquals(291_458, network.parameterCount());
    }
  }

  @Test
  void residualNetworksHaveThePublishedNumbers() {
    // Counted with PyTorch on the same networks (3x3 stem, linear layer of 9 classes).
    Shape colour = Shape.image2d(28, 28, 3);
    assertEquals(11_173_449, trainedWords("resnet18", colour, 9));
    assertEquals(23_518_793, trainedWords("resnet50", colour, 9));
    assertEquals(33_140_802, trainedWords("resnet18", new Shape(1, 28, 28, 28, 1), 2));
  }

  /** Counted over the declarations, so that no memory is needed. */
  private static long trainedWords(String name, Shape image, int classes) {
    return new Chain(Architectures.layers(name, image, classes))
        .parameters(image).stream()
            .filter(spec -> spec.role().trained())
            .mapToLong(ParameterSpec::size)
            .sum();
  }

  @Test
  void theChoiceGoesByTheShape() {
    assertEquals("small", Architectures.choose(Shape.image2d(28, 28, 3)));
    assertEquals("resnet18", Architectures.choose(Shape.image2d(64, 64, 3)));
    assertEquals("small3d", Architectures.choose(new Shape(1, 28, 28, 28, 1)));
    assertEquals("resnet18", Architectures.choose(new Shape(1, 64, 64, 64, 1)));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    try (Backend backend = new ReferenceBackend()) {
      refused(backend, "tiny", Shape.image2d(28, 28, 1), "no architecture 'tiny'");
      refused(backend, "small", Shape.image2d(64, 64, 1), "not 64x64");
      refused(backend, "small", new Shape(1, 28, 28, 28, 1), "not 28x28x28");
      refused(backend, "small3d", Shape.image2d(28, 28, 1), "take --arch small or auto");
    }
  }

  private static void refused(Backend backend, String name, Shape image, String reason) {
    UsageException refusal =
        assertThrows(UsageException.class, () -> new Network(name, image, 2, backend, 1));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }

  /** Bits of the logits of some samples, in batches of one size. */
  private int[] logits(Backend backend, int batch, int[] samples) {
    Network network = new Network("small", Shape.image2d(28, 28, 1), CLASSES, backend, batch);
    Initializer.initialize(network, 3);
    int[] bits = new int[samples.length * CLASSES];
    for (int first = 0; first < samples.length; first += batch) {
      int count = Math.min(batch, samples.length - first);
      float[] pixels = new float[count * TestData.IMAGE];
      for (int i = 0; i < pixels.length; i++) {
        int sample = samples[first + i / TestData.IMAGE];
        pixels[i] = data.images()[sample * TestData.IMAGE + i % TestData.IMAGE] & 0xFF;
      }
      Tensor logits =
          network.forward(MemorySegment.ofArray(pixels), count, Mode.RUNNING_STATISTICS);
      int[] part = new int[count * CLASSES];
      backend.download(logits.data(), MemorySegment.ofArray(part));
      System.arraycopy(part, 0, bits, first * CLASSES, part.length);
    }
    return bits;
  }
}
