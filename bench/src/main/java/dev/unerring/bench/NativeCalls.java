// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * The C library of the stand ({@code bench/native}), and single functions of others. The only class
 * here that links.
 */
@SuppressWarnings("restricted")
final class NativeCalls {
  private static final long ALIGNMENT = 64;
  private static final long TEXT = 256;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup OWN =
      SymbolLookup.libraryLookup(Path.of(Settings.library()), Arena.global());
  private static final MethodHandle HAS_WIDTH = own("bench_has_width", JAVA_INT, JAVA_INT);
  private static final MethodHandle PEAK = own("bench_peak", JAVA_FLOAT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MEMORY =
      own("bench_memory", JAVA_FLOAT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG);

  private NativeCalls() {}

  /** Whether fma of vectors of so many bits can be measured on this processor. */
  static boolean hasWidth(int bits) {
    try {
      return (int) HAS_WIDTH.invokeExact(bits) != 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** rounds times 12 fused multiply-adds of vectors of so many bits. */
  static float peak(int bits, long rounds) {
    try {
      return (float) PEAK.invokeExact(bits, rounds);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Reads one run of floats, writes another. */
  static float memory(MemorySegment read, MemorySegment write) {
    try {
      return (float)
          MEMORY.invokeExact(
              read, read.byteSize() / Float.BYTES, write, write.byteSize() / Float.BYTES);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** One of the reductions, ordered or free, over images begin to end-1. */
  static final class Reduction {
    private final MethodHandle sums;
    private final MethodHandle gradients;

    Reduction(String order) {
      sums =
          ownVoid("bench_channel_sums_" + order, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS);
      gradients =
          ownVoid(
              "bench_weight_gradients_" + order,
              ADDRESS,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              ADDRESS,
              ADDRESS);
    }

    void channelSums(
        MemorySegment x, long begin, long end, MemorySegment scratch, MemorySegment out) {
      try {
        sums.invokeExact(x, begin, end, scratch, out);
      } catch (Throwable e) {
        throw unexpected(e);
      }
    }

    void weightGradients(
        MemorySegment x,
        MemorySegment gradY,
        long begin,
        long end,
        MemorySegment scratch,
        MemorySegment out) {
      try {
        gradients.invokeExact(x, gradY, begin, end, scratch, out);
      } catch (Throwable e) {
        throw unexpected(e);
      }
    }
  }

  /** Memory that lives as long as the process: a benchmark's fork ends with it. */
  static MemorySegment allocate(long bytes) {
    return Arena.global().allocate(bytes, ALIGNMENT);
  }

  /** Threads of the parallel regions that the calling thread opens in GNU's OpenMP. */
  static void setOpenMpThreads(int threads) {
    SymbolLookup library = SymbolLookup.libraryLookup("libgomp.so.1", Arena.global());
    MethodHandle set =
        LINKER.downcallHandle(
            library.findOrThrow("omp_set_num_threads"), FunctionDescriptor.ofVoid(JAVA_INT));
    try {
      set.invokeExact(threads);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Two functions of a CUDA runtime as plain downcalls, without the engine's checks. */
  static final class CudaRuntimeCalls {
    private final MethodHandle version;
    private final MethodHandle errorString;
    private final MemorySegment out = Arena.global().allocate(JAVA_INT);

    CudaRuntimeCalls(Path library) {
      SymbolLookup lookup = SymbolLookup.libraryLookup(library, Arena.global());
      version =
          LINKER.downcallHandle(
              lookup.findOrThrow("cudaRuntimeGetVersion"),
              FunctionDescriptor.of(JAVA_INT, ADDRESS));
      errorString =
          LINKER.downcallHandle(
              lookup.findOrThrow("cudaGetErrorString"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    int runtimeGetVersion() {
      try {
        int status = (int) version.invokeExact(out);
        return status == 0 ? out.get(JAVA_INT, 0) : -1;
      } catch (Throwable e) {
        throw unexpected(e);
      }
    }

    String errorString(int status) {
      try {
        MemorySegment text = (MemorySegment) errorString.invokeExact(status);
        return text.reinterpret(TEXT).getString(0);
      } catch (Throwable e) {
        throw unexpected(e);
      }
    }
  }

  private static MethodHandle own(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(OWN.findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  private static MethodHandle ownVoid(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(OWN.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a native call failed", e);
  }
}
