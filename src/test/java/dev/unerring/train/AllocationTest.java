package dev.unerring.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.unerring.backend.Backend;
import dev.unerring.dataset.ImageSource;
import dev.unerring.errors.Labels;
import dev.unerring.network.Initializer;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.suite.TestBackends;
import dev.unerring.tensor.Shape;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A training step of the kernels (gradients, Adam, running statistics, on all threads) lives on
 * memory that was there before and leaves next to nothing to the garbage collector. The trainer
 * around it makes the label rows and the text of each step.
 */
class AllocationTest {
  private static final int IMAGES = 2;
  private static final int STEPS = 100;

  /** Interpreted and half-compiled code allocates more; rounds until the compiler is through. */
  private static final int MOST_ROUNDS = 100;

  /**
   * Bytes of a step. Measured: 0 in a process of its own, up to 625 after other tests in the same
   * one; why is not known.
   */
  private static final long BOUND = 1_024;

  @Test
  void aStepAllocatesNextToNothing() {
    Assumptions.assumeTrue(TestBackends.kernels(), "no CPU kernels: make native");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Backend backend = TestBackends.open()) {
      Network network = new Network("small", Shape.image2d(28, 28, 1), 2, backend, IMAGES);
      Initializer.initialize(network, 0);
      Labels goals = Labels.single(0, 1);
      int[] samples = {0, 1};
      ImageSource images = new Ramp(28 * 28);
      float[] pixels = images.room(IMAGES);
      Adam adam = new Adam(network);
      BatchStep batch = new BatchStep(network);
      Labels rows = goals.rows(samples);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < MOST_ROUNDS && least > BOUND; round++) {
        long before = threads.getTotalThreadAllocatedBytes();
        for (int step = 0; step < STEPS; step++) {
          images.gather(samples, pixels);
          batch.gradients(pixels, rows, samples, Mode.BATCH_STATISTICS, "step");
          adam.step(1e-3, 0);
          network.commitStatistics(0.1f);
        }
        least = Math.min(least, (threads.getTotalThreadAllocatedBytes() - before) / STEPS);
      }
      assertTrue(least <= BOUND, least + " bytes a step, at most " + BOUND);
    }
  }

  /** Images of a grey ramp. */
  private record Ramp(int imageElements) implements ImageSource {
    @Override
    public void copyImage(int sampleIndex, float[] destination, int offset) {
      for (int i = 0; i < imageElements; i++) {
        destination[offset + i] = (i + 31 * sampleIndex) & 255;
      }
    }
  }
}
