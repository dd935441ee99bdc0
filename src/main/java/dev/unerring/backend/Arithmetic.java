// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.UsageException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What carries out the training phase: a choice of the plan, never derived from the hardware.
 * Correction, the final count and all hashes use {@link #ofModel}.
 */
public enum Arithmetic {
  /** The definition of docs/arithmetic.md: the same bits on every device. */
  ORDERED("ordered", "fp32"),

  /** Products as exact sums of 12-bit integers, in training and for ever after. */
  INTEGER("integer", "int12"),

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

  /** {@code ordered}, {@code integer} or {@code cudnn}. */
  public String label() {
    return label;
  }

  /** {@code fp32}, {@code tf32} or {@code bf16}; of integer {@code int12}. */
  public String precision() {
    return precision;
  }

  /** The arithmetic that a model of this training computes in: ordered or integer. */
  public Arithmetic ofModel() {
    return this == INTEGER ? INTEGER : ORDERED;
  }

  /** The arithmetic of a model by its name; empty where there is none. */
  public static Optional<Arithmetic> ofModel(String label) {
    return Arrays.stream(values())
        .filter(each -> each.label.equals(label))
        .findFirst()
        .map(Arithmetic::ofModel);
  }

  /**
   * The arithmetic with these two names.
   *
   * @param precision null for the one that goes without saying
   * @throws UsageException where there is none
   */
  public static Arithmetic of(String label, String precision) {
    if (ofModel(label).isEmpty()) {
      throw new UsageException("the arithmetic is ordered, integer or cudnn, not '" + label + "'");
    }
    for (Arithmetic each : values()) {
      if (each.label.equals(label) && (precision == null || each.precision.equals(precision))) {
        return each;
      }
    }
    throw new UsageException(
        ofModel(label).orElseThrow().label.equals(label)
            ? "the precision of "
                + label
                + " arithmetic is "
                + of(label, null).precision
                + "; '"
                + precision
                + "' needs the arithmetic cudnn"
            : "the precision is fp32, tf32 or bf16, not '" + precision + "'");
  }
}
