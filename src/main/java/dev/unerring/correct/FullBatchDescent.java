// SPDX-License-Identifier: Apache-2.0
package dev.unerring.correct;

import dev.unerring.backend.Backend;
import dev.unerring.base.Fma;
import dev.unerring.base.OrderedMath;
import dev.unerring.errors.Labels;
import dev.unerring.network.Mode;
import dev.unerring.network.Network;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Normalised gradient steps over all samples at once on the squared error of a softmax with
 * temperature 100 (Deng, arXiv 2312.16060). The loss is computed on the host; its operations stand
 * in docs/arithmetic.md.
 */
final class FullBatchDescent {
  private static final float TEMPERATURE = 100.0f;

  private final Network network;
  private final Labels goals;
  private final Buffer velocity;
  private final float[] gradient;

  /** For a network whose largest batch holds all samples. */
  FullBatchDescent(Network network, Labels goals) {
    this.network = network;
    this.goals = goals;
    this.velocity = network.backend().allocate(network.parameterCount());
    this.gradient = new float[Math.toIntExact(network.parameterCount())];
  }

  /**
   * One step of length 0.01 * (20 / (1 + exp(|g|)) + 1) against the gradient g.
   *
   * @param pixels all images
   * @return whether a step was taken: not where the gradient is zero or not finite
   */
  boolean step(float[] pixels) {
    Backend backend = network.backend();
    int count = goals.samples();
    Tensor out = network.forward(MemorySegment.ofArray(pixels), count, Mode.RUNNING_STATISTICS);
    float[] logits = new float[count * network.classes()];
    backend.download(out.data(), MemorySegment.ofArray(logits));
    float[] gradLogits = gradient(logits, goals.values(), network.classes());
    backend.upload(MemorySegment.ofArray(gradLogits), network.gradLogits(count).data());
    network.backward(count, Mode.RUNNING_STATISTICS);
    backend.download(network.gradients(), MemorySegment.ofArray(gradient));
    double square = 0.0;
    for (float g : gradient) {
      square = Fma.of(g, g, square);
    }
    double norm = Math.sqrt(square);
    if (norm == 0.0 || !Double.isFinite(norm)) {
      return false;
    }
    float rate = (float) (length(norm) / norm);
    backend.sgdStep(network.values(), network.gradients(), velocity, rate, 0.0f, 0.0f);
    return true;
  }

  /** Length of a step where the gradient has this norm, 0.01 to 0.11. */
  static double length(double norm) {
    return 0.01 * (20.0 / (1.0 + OrderedMath.exp((float) norm)) + 1.0);
  }

  /** Gradient of the sum over all samples of |softmax(z / 100) - label|^2 by the logits. */
  static float[] gradient(float[] logits, int[] labels, int classes) {
    float[] result = new float[logits.length];
    float[] p = new float[classes];
    for (int n = 0; n < labels.length; n++) {
      int z = n * classes;
      float max = logits[z];
      for (int j = 1; j < classes; j++) {
        max = logits[z + j] > max ? logits[z + j] : max;
      }
      float sum = 0.0f;
      for (int j = 0; j < classes; j++) {
        p[j] = OrderedMath.exp((logits[z + j] - max) / TEMPERATURE);
        sum = sum + p[j];
      }
      float mean = 0.0f;
      for (int j = 0; j < classes; j++) {
        p[j] = p[j] / sum;
        mean = Fma.of(p[j] - (j == labels[n] ? 1.0f : 0.0f), p[j], mean);
      }
      for (int j = 0; j < classes; j++) {
        float distance = p[j] - (j == labels[n] ? 1.0f : 0.0f);
        result[z + j] = 2.0f / TEMPERATURE * p[j] * (distance - mean);
      }
    }
    return result;
  }
}
