// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.base.BigMath;
import dev.unerring.base.OrderedMath;
import dev.unerring.ffi.CpuKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * exp and log on all 2^32 inputs ({@code make check-exhaustive}): the same bits in Java and in
 * every kernel set, and the correct rounding of the true value, but for the inputs that
 * docs/arithmetic.md names. Where StrictMath's value lies too near to the middle of two floats to
 * decide, {@link BigMath} does. An argument: the share of the blocks to be looked at, 1 / N.
 */
final class ExpLogExhaustive {
  private static final int BLOCK = 1 << 18;
  private static final int BLOCKS = 1 << 14;
  private static final long SECOND = 1_000_000_000L;
  private static final long REPORT_SECONDS = 10;

  /** StrictMath is within one unit in the last place of binary64; this is twice as much. */
  private static final double DOUBT = 0x1p-51;

  /** One function: its Java form, its C form and the true value. */
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
      BigDecimal exact(float x) {
        return BigMath.exp(new BigDecimal(x));
      }

      @Override
      void kernel(CpuKernels kernels, MemorySegment x, MemorySegment y) {
        kernels.expArray(x, y, 0, BLOCK);
      }

      @Override
      Set<Float> otherNeighbours() {
        return Set.of();
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
      BigDecimal exact(float x) {
        return BigMath.log(x);
      }

      @Override
      void kernel(CpuKernels kernels, MemorySegment x, MemorySegment y) {
        kernels.logArray(x, y, 0, BLOCK);
      }

      @Override
      Set<Float> otherNeighbours() {
        return Set.of(0x1.bacb4ap25f, 0x1.b121a6p76f);
      }
    };

    abstract float java(float x);

    abstract double strict(double x);

    abstract BigDecimal exact(float x);

    abstract void kernel(CpuKernels kernels, MemorySegment x, MemorySegment y);

    /** Inputs whose result is the other neighbour of a near-tie, as documented. */
    abstract Set<Float> otherNeighbours();

    /** The correctly rounded value. */
    float rounded(float x) {
      double value = strict(x);
      if (value == 0 || !Double.isFinite(value)) {
        return (float) value;
      }
      float low = (float) (value - Math.abs(value) * DOUBT);
      float high = (float) (value + Math.abs(value) * DOUBT);
      boolean decided = Float.floatToIntBits(low) == Float.floatToIntBits(high);
      return decided ? high : exact(x).floatValue();
    }
  }

  private final KernelSets sets = KernelSets.find();
  private final Function function;
  private final int step;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicLong differences = new AtomicLong();
  private final Set<Float> otherRounding = new TreeSet<>();

  private ExpLogExhaustive(Function function, int step) {
    this.function = function;
    this.step = step;
  }

  /** Ends with 1 where anything differs. */
  public static void main(String[] arguments) throws InterruptedException {
    int step = arguments.length == 0 ? 1 : Integer.parseInt(arguments[0]);
    boolean right = true;
    for (Function function : Function.values()) {
      right &= new ExpLogExhaustive(function, step).check();
    }
    System.exit(right ? 0 : 1);
  }

  /** Whether all is as it must be. */
  private boolean check() throws InterruptedException {
    long start = System.nanoTime();
    int blocks = Math.ceilDiv(BLOCKS, step);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      threads.add(Thread.ofPlatform().start(this::work));
    }
    for (Thread thread : threads) {
      while (!thread.join(java.time.Duration.ofSeconds(REPORT_SECONDS))) {
        int ready = Math.max(1, done.get());
        double seconds = (System.nanoTime() - start) / (double) SECOND;
        System.err.printf(
            Locale.ROOT,
            "%s: %d of %d blocks, %.0f s, about %.0f s left, %d differences%n",
            function,
            done.get(),
            blocks,
            seconds,
            seconds / ready * (blocks - ready),
            differences.get());
      }
    }
    Set<Float> expected = new TreeSet<>(function.otherNeighbours());
    boolean right =
        done.get() == blocks
            && differences.get() == 0
            && (step == 1 ? otherRounding.equals(expected) : expected.containsAll(otherRounding));
    System.out.printf(
        Locale.ROOT,
        "%s: %s, %d inputs, %d differences between Java and the kernel sets; not correctly rounded:"
            + " %s; %s; %.0f s%n",
        right ? "right" : "WRONG",
        function,
        (long) blocks * BLOCK,
        differences.get(),
        otherRounding.stream().map(Float::toHexString).toList(),
        sets.summary(),
        (System.nanoTime() - start) / (double) SECOND);
    return right;
  }

  private void work() {
    int[] results = new int[BLOCK];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(ValueLayout.JAVA_FLOAT, BLOCK);
      MemorySegment y = arena.allocate(ValueLayout.JAVA_FLOAT, BLOCK);
      for (int block = next.getAndAdd(step); block < BLOCKS; block = next.getAndAdd(step)) {
        for (int i = 0; i < BLOCK; i++) {
          int bits = block * BLOCK + i;
          float argument = Float.intBitsToFloat(bits);
          float result = function.java(argument);
          x.setAtIndex(ValueLayout.JAVA_INT, i, bits);
          results[i] = Float.floatToRawIntBits(result);
          if (results[i] != Float.floatToIntBits(function.rounded(argument))) {
            synchronized (otherRounding) {
              otherRounding.add(argument);
            }
          }
        }
        for (CpuKernels kernels : sets.supported()) {
          function.kernel(kernels, x, y);
          MemorySegment expected = MemorySegment.ofArray(results);
          if (y.mismatch(expected) >= 0) {
            differences.addAndGet(different(results, y));
          }
        }
        done.incrementAndGet();
      }
    }
  }

  private static int different(int[] expected, MemorySegment found) {
    int count = 0;
    for (int i = 0; i < BLOCK; i++) {
      count += found.getAtIndex(ValueLayout.JAVA_INT, i) == expected[i] ? 0 : 1;
    }
    return count;
  }
}
