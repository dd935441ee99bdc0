// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is counted beforehand is what the CPU takes, to the byte. */
class CountingBackendTest {
  @ParameterizedTest
  @CsvSource({
    "small, 1, 28, 1, 2, 7, 1",
    "small, 1, 28, 3, 9, 40, 2",
    "small3d, 28, 28, 1, 2, 2, 3",
    "small3d, 9, 9, 1, 11, 32, 2",
    "resnet18, 1, 28, 3, 5, 3, 2",
    "resnet18, 8, 8, 1, 2, 2, 2",
    "resnet50, 1, 16, 3, 9, 2, 2",
    "deng-64, 1, 28, 1, 10, 300, 2"
  })
  void theCountIsWhatTheCpuTakes(
      String architecture, int depth, int side, int channels, int classes, int batch, int threads) {
    Shape image = new Shape(1, depth, side, side, channels);
    try (CountingBackend counted = new CountingBackend(threads);
        CpuBackend cpu = CpuBackend.open("auto", threads)) {
      for (int images : new int[] {batch, 1}) {
        for (Arithmetic arithmetic : new Arithmetic[] {Arithmetic.ORDERED, Arithmetic.INTEGER}) {
          step(counted, architecture, image, classes, images, arithmetic);
          step(cpu, architecture, image, classes, images, arithmetic);
          assertEquals(cpu.bytes(), counted.bytes(), arithmetic + ", batches of " + images);
        }
      }
    }
  }

  private static void step(
      Backend backend,
      String architecture,
      Shape image,
      int classes,
      int batch,
      Arithmetic arithmetic) {
    Network network = new Network(architecture, image, classes, backend, batch, arithmetic);
    network.begin(batch);
    Buffer labels = backend.allocate(batch);
    Buffer multiLabels = backend.allocate((long) batch * classes);
    Buffer loss = backend.allocate(1);
    if (batch > 1) {
      Tensor logits = network.forward(batch, Mode.BATCH_STATISTICS);
      backend.softmaxCrossEntropy(logits, labels, loss, network.gradLogits(batch));
      network.backward(batch, Mode.BATCH_STATISTICS);
      network.commitStatistics(0.1f);
    }
    Tensor logits = network.forward(batch, Mode.RUNNING_STATISTICS);
    backend.sigmoidCrossEntropy(logits, multiLabels, loss, network.gradLogits(batch));
    network.backward(batch, Mode.RUNNING_STATISTICS);
    AdamStep constants = new AdamStep();
    constants.moveTo(0.1, 0.9, 0.999, 1e-8, 0, 0.9, 0.999);
    backend.adamStep(
        network.values(), network.gradients(), network.moment(0), network.moment(1), constants);
  }
}
