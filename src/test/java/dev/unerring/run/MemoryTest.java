// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.DeviceException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.base.FreeMemory;
import dev.unerring.tensor.Shape;
import org.junit.jupiter.api.Test;

/** A run that cannot fit is refused before it begins, with an advice that fits when followed. */
class MemoryTest {
  private static final Shape LARGE = Shape.image2d(224, 224, 3);
  private static final long GIB = 1L << 30;
  private static final long YOUNG = 16L << 20;

  private static FreeMemory free(long bytes) {
    return new FreeMemory(bytes, 0, "the container's limit (memory.max) leaves");
  }

  private static Memory memory(String architecture, Shape image) {
    return new Memory(architecture, image, 9, Arithmetic.ORDERED, 0, 0, 1 << 20, 4);
  }

  private static DeviceException refusal(Memory memory, int batch, int threads, long bytes) {
    return assertThrows(
        DeviceException.class,
        () -> memory.requireTraining(batch, threads, free(bytes), YOUNG, 4 * GIB));
  }

  @Test
  void theRefusalNamesABatchThatFits() {
    Memory memory = memory("resnet50", LARGE);
    DeviceException refusal = refusal(memory, 128, 1, 24 * GIB);
    assertTrue(refusal.getMessage().contains("128 images 224x224x3"), refusal.getMessage());
    assertTrue(refusal.getMessage().contains("memory.max"), refusal.getMessage());
    int fits =
        Integer.parseInt(refusal.getMessage().replaceFirst(".*--batch-size (\\d+) fits.*", "$1"));
    assertTrue(fits >= 2 && fits < 128);
    assertDoesNotThrow(() -> memory.requireTraining(fits, 1, free(24 * GIB), YOUNG, 4 * GIB));
    refusal(memory, 2 * fits, 1, 24 * GIB);
    assertEquals(6, refusal.exitCode());
  }

  @Test
  void fewerThreadsAreAdvisedFirstBecauseTheyChangeNoBit() {
    Memory memory = memory("resnet18", Shape.image2d(28, 28, 3));
    long one = memory.training(128, 1, YOUNG);
    long many = memory.training(128, 64, YOUNG);
    assertTrue(many > one, "each thread has working memory of its own");
    DeviceException refusal = refusal(memory, 128, 64, (one + many) / 2);
    int fewer =
        Integer.parseInt(refusal.getMessage().replaceFirst(".*--threads (\\d+) fits.*", "$1"));
    assertTrue(fewer >= 1 && fewer < 64);
    assertDoesNotThrow(
        () -> memory.requireTraining(128, fewer, free((one + many) / 2), YOUNG, 4 * GIB));
    refusal(memory, 128, fewer + 1, (one + many) / 2);
  }

  @Test
  void whereNothingFitsTheNetworkIsTooLarge() {
    DeviceException refusal = refusal(memory("resnet18", LARGE), 128, 1, 1 << 20);
    assertTrue(refusal.getMessage().contains("smaller network"), refusal.getMessage());
  }

  @Test
  void aJavaHeapThatIsTooSmallIsNamedWithTheOptionThatHelps() {
    Memory memory = memory("resnet18", Shape.image2d(28, 28, 3));
    DeviceException refusal =
        assertThrows(
            DeviceException.class,
            () -> memory.requireTraining(2, 1, free(24 * GIB), YOUNG, 100L << 20));
    long heap = Long.parseLong(refusal.getMessage().replaceFirst(".*-Xmx(\\d+)m.*", "$1")) << 20;
    assertDoesNotThrow(() -> memory.requireTraining(2, 1, free(24 * GIB), YOUNG, heap));
  }

  @Test
  void imagesAndTheReCheckOfThemCount() {
    Memory none = new Memory("small", Shape.image2d(28, 28, 1), 2, Arithmetic.ORDERED, 0, 0, 0, 1);
    Memory some =
        new Memory("small", Shape.image2d(28, 28, 1), 2, Arithmetic.ORDERED, GIB, GIB, 0, 1);
    long more = some.training(32, 1, YOUNG) - none.training(32, 1, YOUNG);
    assertTrue(more > 19 * GIB / 10 && more <= 2 * GIB, "GiB twice: " + more);
  }

  @Test
  void anEvaluationTakesTheBatchThatFits() {
    long all =
        Memory.counted(
            "resnet18", Shape.image2d(28, 28, 3), 9, Arithmetic.ORDERED, 128, 2, false, true);
    assertEquals(128, evaluation(all));
    assertEquals(64, evaluation(all - 1));
    DeviceException refusal = assertThrows(DeviceException.class, () -> evaluation(1 << 20));
    assertTrue(refusal.getMessage().contains("28x28x3"), refusal.getMessage());
  }

  private static int evaluation(long bytes) {
    Shape image = Shape.image2d(28, 28, 3);
    return Memory.evaluation("resnet18", image, 9, Arithmetic.ORDERED, 128, 2, free(bytes));
  }
}
