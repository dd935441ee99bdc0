// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import dev.unerring.UsageException;
import java.util.Locale;

/** Instruction sets that the CPU kernels are compiled for. The choice changes speed, never bits. */
public enum KernelSet {
  /** Any processor. */
  PORTABLE(1),
  /** x86-64 with AVX2 and FMA. */
  AVX2(2),
  /** x86-64 with AVX-512 F, VL, DQ, BW. */
  AVX512(4),
  /** AArch64. */
  NEON(8);

  private final long bit;

  KernelSet(long bit) {
    this.bit = bit;
  }

  /** Suffix of the C functions and value of {@code --kernels}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the set stands in a mask of {@code unerring_kernel_sets}. */
  public boolean in(long mask) {
    return (mask & bit) != 0;
  }

  /** The set with this label; {@link UsageException} where there is none. */
  public static KernelSet parse(String label) {
    for (KernelSet set : values()) {
      if (set.label().equals(label)) {
        return set;
      }
    }
    throw new UsageException(
        "--kernels is auto, avx512, avx2, neon or portable, not '" + label + "'");
  }
}
