// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.backend.Backend;
import dev.unerring.base.Philox;
import dev.unerring.suite.TestBackends;
import dev.unerring.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gradient of a logit with respect to the pixels agrees with differences of the logit. */
class InputGradientTest {
  @Test
  void aStepAlongTheGradientRaisesTheLogitAsMuchAsItSays() {
    for (String architecture : List.of("small", "resnet18")) {
      try (Backend backend = TestBackends.open()) {
        Shape image =
            architecture.equals("small") ? Shape.image2d(28, 28, 1) : Shape.image2d(9, 8, 3);
        Network network = new Network(architecture, image, 3, backend, 2);
        Initializer.initialize(network, 5);
        float[] pixels = new float[2 * image.imageElements()];
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = Philox.bits(1, 1_300, 0, i) >>> 24;
        }
        logit(network, pixels);
        float[] towards = {0, 0, 0, 0, 1, 0}; // the second logit of the second image
        backend.upload(MemorySegment.ofArray(towards), network.gradLogits(2).data());
        float[] gradient = new float[pixels.length];
        backend.download(network.inputGradients(2).data(), MemorySegment.ofArray(gradient));
        double squares = 0;
        for (int i = 0; i < gradient.length; i++) {
          assertTrue(i >= image.imageElements() || gradient[i] == 0, "of the first image: none");
          squares += (double) gradient[i] * gradient[i];
        }
        double length = 0.05 / Math.sqrt(squares);
        float[] up = pixels.clone();
        float[] down = pixels.clone();
        for (int i = 0; i < gradient.length; i++) {
          up[i] += (float) (length * gradient[i]);
          down[i] -= (float) (length * gradient[i]);
        }
        double rise = logit(network, up) - logit(network, down);
        double expected = 2 * length * squares;
        assertEquals(expected, rise, 0.03 * expected, architecture);
      }
    }
  }

  private static double logit(Network network, float[] pixels) {
    var out = network.forward(MemorySegment.ofArray(pixels), 2, Mode.RUNNING_STATISTICS);
    float[] logits = new float[6];
    network.backend().download(out.data(), MemorySegment.ofArray(logits));
    return logits[4];
  }

  @Test
  void theNetworkThatRoundsItsInputHasNone() {
    try (Backend backend = TestBackends.open()) {
      Network network = new Network("deng-5", Shape.image2d(4, 4, 1), 2, backend, 1);
      network.forward(MemorySegment.ofArray(new float[16]), 1, Mode.RUNNING_STATISTICS);
      assertThrows(IllegalArgumentException.class, () -> network.inputGradients(1));
    }
  }
}
