// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A kernel gives the same bits when its caller's thread flushes subnormals to zero, and hands the
 * caller's floating-point state back unchanged.
 */
final class FloatingPointEnvironmentTest {
  private static final int WORDS = 97;

  /** glibc on x86-64: fenv_t has 32 bytes, MXCSR in the last four. */
  private static final int ENVIRONMENT_BYTES = 32;

  private static final int MXCSR = 28;
  private static final int FLUSH_TO_ZERO_AND_DENORMALS_ARE_ZERO = 0x8040;

  @Test
  void kernelsIgnoreAndRestoreTheCallersState() throws Throwable {
    Assumptions.assumeTrue(
        NativeLibrary.platform().equals("linux-x86_64"), "knows the state's layout of glibc only");
    KernelSets sets = KernelSets.find();
    MethodHandle get = function("fegetenv");
    MethodHandle set = function("fesetenv");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment usual = arena.allocate(ENVIRONMENT_BYTES, 8);
      MemorySegment flushing = arena.allocate(ENVIRONMENT_BYTES, 8);
      assertEquals(0, (int) get.invokeExact(usual));
      flushing.copyFrom(usual);
      int state = usual.get(ValueLayout.JAVA_INT, MXCSR);
      flushing.set(ValueLayout.JAVA_INT, MXCSR, state | FLUSH_TO_ZERO_AND_DENORMALS_ARE_ZERO);
      MemorySegment tiny = arena.allocate(ValueLayout.JAVA_INT, WORDS);
      MemorySegment zero = arena.allocate(ValueLayout.JAVA_INT, WORDS);
      for (int i = 0; i < WORDS; i++) {
        tiny.setAtIndex(ValueLayout.JAVA_INT, i, 1 + i);
      }
      for (CpuKernels kernels : sets.supported()) {
        MemorySegment[] before = {
          arena.allocate(ValueLayout.JAVA_INT, WORDS), arena.allocate(ValueLayout.JAVA_INT, WORDS)
        };
        MemorySegment[] after = {
          arena.allocate(ValueLayout.JAVA_INT, WORDS), arena.allocate(ValueLayout.JAVA_INT, WORDS)
        };
        MemorySegment found = arena.allocate(ENVIRONMENT_BYTES, 8);
        run(kernels, tiny, zero, before);
        int failed = (int) set.invokeExact(flushing);
        try {
          run(kernels, tiny, zero, after);
          failed |= (int) get.invokeExact(found);
        } finally {
          failed |= (int) set.invokeExact(usual);
        }
        assertEquals(0, failed);
        String label = kernels.set().label();
        int flags = FLUSH_TO_ZERO_AND_DENORMALS_ARE_ZERO;
        assertEquals(flags, found.get(ValueLayout.JAVA_INT, MXCSR) & flags, label + " state");
        for (int i = 0; i < before.length; i++) {
          assertArrayEquals(ints(before[i]), ints(after[i]), label);
        }
        assertArrayEquals(ints(tiny), ints(after[0]), label + ": tiny + 0");
      }
    }
  }

  private static void run(
      CpuKernels kernels, MemorySegment tiny, MemorySegment zero, MemorySegment[] results) {
    kernels.add(tiny, zero, results[0], 0, WORDS);
    kernels.logArray(tiny, results[1], 0, WORDS);
  }

  private static int[] ints(MemorySegment words) {
    return words.toArray(ValueLayout.JAVA_INT);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address = linker.defaultLookup().findOrThrow(name);
    return linker.downcallHandle(
        address, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }
}
