// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.base.OrderedMath;
import dev.unerring.ffi.CpuKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/**
 * exp and log give the same bits, NaN included, in Java and in every kernel set, on four million
 * inputs spread over all bit patterns ({@link ExpLogExhaustive}: on all of them).
 */
final class ExpLogEqualityTest {
  private static final int COUNT = 1 << 22;

  /** 2^32 / COUNT, made odd so that the low bits of the patterns change. */
  private static final int STEP = 1023;

  @Test
  void javaAndKernelsAgree() {
    KernelSets sets = KernelSets.find();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(ValueLayout.JAVA_FLOAT, COUNT);
      MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT, COUNT);
      int[] exp = new int[COUNT];
      int[] log = new int[COUNT];
      for (int i = 0; i < COUNT; i++) {
        float argument = Float.intBitsToFloat(i * STEP);
        x.setAtIndex(ValueLayout.JAVA_INT, i, i * STEP);
        exp[i] = Float.floatToRawIntBits(OrderedMath.exp(argument));
        log[i] = Float.floatToRawIntBits(OrderedMath.log(argument));
      }
      for (CpuKernels kernels : sets.supported()) {
        kernels.expArray(x, y, 0, COUNT);
        compare("exp of " + kernels.set().label(), exp, y);
        kernels.logArray(x, y, 0, COUNT);
        compare("log of " + kernels.set().label(), log, y);
      }
    }
  }

  private static void compare(String what, int[] expected, MemorySegment found) {
    for (int i = 0; i < COUNT; i++) {
      int bits = found.getAtIndex(ValueLayout.JAVA_INT, i);
      if (bits != expected[i]) {
        assertEquals(
            Integer.toHexString(expected[i]),
            Integer.toHexString(bits),
            what + " at the input " + Integer.toHexString(i * STEP));
      }
    }
  }
}
