// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;

/** Floats of the working memory of {@link CpuInteger}, which {@link CountingBackend} counts too. */
final class IntegerMemory {
  private IntegerMemory() {}

  /** Packed weights, their norms, and the weights as whole numbers. */
  static long packed(IntegerPlan plan) {
    return plan.packedFloats() + plan.norms() + Math.ceilDiv(plan.weights(), 2);
  }

  /** Largest values of the parts of a tensor of weights. */
  static long maxima(Buffer weight) {
    return maxima(weight.length());
  }

  private static long maxima(long values) {
    return Math.ceilDiv(values, CpuInteger.LARGEST_UNIT);
  }

  /** First the largest values of x or gradY, then, over them, sums of the bias and norms. */
  static long vectors(IntegerWeightPlan plan, Tensor x, Tensor gradY, Buffer gradBias) {
    long most = Math.max(maxima(x.shape().elements()), maxima(gradY.shape().elements()));
    return Math.max(most, 2L * plan.units() * (gradBias.length() + 1));
  }
}
