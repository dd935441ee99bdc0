package dev.unerring.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.OrderedMath;
import dev.unerring.ffi.CpuKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * exp and log give the same bits in Java and in every kernel set on all 2^32 inputs, within half a
 * unit in the last place and 1e-7 of StrictMath's binary64 value. Takes a quarter of an hour; its
 * name keeps it out of the normal run ({@code make check-exp}, or {@code -Dtest=ExpLogExhaustive}).
 */
final class ExpLogExhaustive {
  private static final int BLOCK = 1 << 20;
  private static final int BLOCKS = 1 << 12;

  /**
   * Half a unit for the one rounding; 1e-7 for the errors of two binary64 values, near 2^-28 units.
   */
  private static final double LARGEST_ERROR = 0.5 + 1e-7;

  /** One function: its Java form, its C form and StrictMath's. */
  private enum Function {
    EXP {
      @Override
      float java(float x) {
        return OrderedMath.exp(x);
      }

      @Override
      double strict(double x) {
        return StrictMath.exp(x);
      }

      @Override
      void kernel(CpuKernels kernels, MemorySegment x, MemorySegment y) {
        kernels.expArray(x, y, 0, BLOCK);
      }
    },
    LOG {
      @Override
      float java(float x) {
        return OrderedMath.log(x);
      }

      @Override
      double strict(double x) {
        return StrictMath.log(x);
      }

      @Override
      void kernel(CpuKernels kernels, MemorySegment x, MemorySegment y) {
        kernels.logArray(x, y, 0, BLOCK);
      }
    };

    abstract float java(float x);

    abstract double strict(double x);

    abstract void kernel(CpuKernels kernels, MemorySegment x, MemorySegment y);
  }

  @Test
  void exp() {
    check(Function.EXP);
  }

  @Test
  void log() {
    check(Function.LOG);
  }

  private static void check(Function function) {
    KernelSets sets = KernelSets.find();
    float[] results = new float[BLOCK];
    double worst = 0;
    float worstAt = 0;
    long otherRounding = 0;
    long differences = 0;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(ValueLayout.JAVA_FLOAT, BLOCK);
      MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT, BLOCK);
      for (int block = 0; block < BLOCKS; block++) {
        for (int i = 0; i < BLOCK; i++) {
          int bits = block << 20 | i;
          x.setAtIndex(ValueLayout.JAVA_INT, i, bits);
          float argument = Float.intBitsToFloat(bits);
          float result = function.java(argument);
          results[i] = result;
          double strict = function.strict(argument);
          otherRounding += Float.compare(result, (float) strict) == 0 ? 0 : 1;
          if (Math.abs(strict) <= Float.MAX_VALUE && Float.isFinite(result)) {
            double error = Math.abs(result - strict) / Math.ulp((float) strict);
            if (error > worst) {
              worst = error;
              worstAt = argument;
            }
          }
        }
        for (CpuKernels kernels : sets.supported()) {
          function.kernel(kernels, x, y);
          for (int i = 0; i < BLOCK; i++) {
            int found = y.getAtIndex(ValueLayout.JAVA_INT, i);
            differences += found == Float.floatToRawIntBits(results[i]) ? 0 : 1;
          }
        }
        if (block % 512 == 511) {
          System.out.println(function + " " + (block + 1) / 512 + "/8, differences " + differences);
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s, all 2^32 inputs, %s: %d differences, largest error %.9f ulp at %a, %d results are not"
            + " the rounding of StrictMath's value%n",
        function,
        sets.summary(),
        differences,
        worst,
        worstAt,
        otherRounding);
    assertEquals(0, differences);
    assertTrue(worst <= LARGEST_ERROR, "error " + worst + " ulp at " + worstAt);
  }
}
