package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.DeviceException;
import dev.unerring.network.Network;
import dev.unerring.tensor.Shape;
import org.junit.jupiter.api.Test;

/** A training that cannot fit is refused before anything is allocated, with the batch that fits. */
class MemoryTest {
  private static final Shape LARGE = Shape.image2d(224, 224, 3);

  @Test
  void theRefusalNamesABatchThatFits() {
    long available = 24L << 30;
    DeviceException refusal =
        assertThrows(
            DeviceException.class, () -> Memory.requireFit("resnet50", LARGE, 9, 128, available));
    assertTrue(refusal.getMessage().contains("128 images 224x224x3"), refusal.getMessage());
    String size = refusal.getMessage().replaceFirst(".*--batch-size (\\d+) fits.*", "$1");
    int fits = Integer.parseInt(size);
    assertTrue(fits >= 2 && fits < 128);
    assertDoesNotThrow(() -> Memory.requireFit("resnet50", LARGE, 9, fits, available));
    assertEquals(6, refusal.exitCode());
  }

  @Test
  void whereNothingFitsTheNetworkIsTooLarge() {
    DeviceException refusal =
        assertThrows(
            DeviceException.class, () -> Memory.requireFit("resnet18", LARGE, 9, 128, 1 << 20));
    assertTrue(refusal.getMessage().contains("smaller network"), refusal.getMessage());
  }

  @Test
  void theEstimateIsThatOfTheLayers() {
    // Adam's moments, gradients and values of 234,034 words; activations of 128 images a little
    // above 100 MB: 26x26x16, 24x24x16, ... three tensors a block of which one is in place.
    long bytes = Network.trainingBytes("small", Shape.image2d(28, 28, 1), 2, 128);
    assertTrue(bytes > 60_000_000 && bytes < 120_000_000, "small: " + bytes);
    long residual = Network.trainingBytes("resnet18", Shape.image2d(28, 28, 3), 9, 128);
    assertTrue(residual > 500_000_000 && residual < 1_300_000_000, "resnet18: " + residual);
    assertTrue(Memory.ofMachine() > residual);
  }
}
