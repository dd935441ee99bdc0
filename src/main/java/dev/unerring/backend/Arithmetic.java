// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.UsageException;

/**
 * What carries out the training phase: a choice of the plan, never derived from the hardware.
 * Correction, the final count and all hashes use the ordered arithmetic always.
 */
public enum Arithmetic {
  /** The definition of docs/arithmetic.md: the same bits on every device. */
  ORDERED("ordered", "fp32"),

  /** cuDNN and cuBLAS in binary32. */
  CUDNN_FP32("cudnn", "fp32"),

  /** cuDNN and cuBLAS with the factors of convolutions and linear layers rounded to TF32. */
  CUDNN_TF32("cudnn", "tf32"),

  /** cuDNN and cuBLAS with the operands of convolutions and linear layers rounded to bfloat16. */
  CUDNN_BF16("cudnn", "bf16");

  private final String label;
  private final String precision;

  Arithmetic(String label, String precision) {
    this.label = label;
    this.precision = precision;
  }

  /** {@code ordered} or {@code cudnn}. */
  public String label() {
    return label;
  }

  /** {@code fp32}, {@code tf32} or {@code bf16}. */
  public String precision() {
    return precision;
  }

  /**
   * The arithmetic with these two names.
   *
   * @throws UsageException where there is none
   */
  public static Arithmetic of(String label, String precision) {
    if (!label.equals(ORDERED.label) && !label.equals(CUDNN_FP32.label)) {
      throw new UsageException("the arithmetic is ordered or cudnn, not '" + label + "'");
    }
    for (Arithmetic each : values()) {
      if (each.label.equals(label) && each.precision.equals(precision)) {
        return each;
      }
    }
    throw new UsageException(
        label.equals(ORDERED.label)
            ? "the precision of ordered arithmetic is fp32; '"
                + precision
                + "' needs the arithmetic cudnn"
            : "the precision is fp32, tf32 or bf16, not '" + precision + "'");
  }
}
