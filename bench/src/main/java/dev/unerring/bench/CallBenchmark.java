// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.ffi.CudaLibraries;
import dev.unerring.ffi.CudaLibrary;
import dev.unerring.ffi.CudaRuntime;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import jcuda.runtime.JCuda;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The overhead of a call into the CUDA runtime that needs no GPU: through the engine's binding
 * (arena and status check included), as a plain downcall, and through JCuda's JNI.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallBenchmark {
  /** cudaRuntimeGetVersion or cudaGetErrorString. */
  @Param("cudaRuntimeGetVersion")
  public String function;

  /** unerring, ffm or jcuda. */
  @Param("unerring")
  public String engine;

  private IntSupplier call;

  /** A benchmark; JMH makes it. */
  public CallBenchmark() {}

  @Setup
  public void setUp() {
    boolean version = function.equals("cudaRuntimeGetVersion");
    switch (engine) {
      case "unerring" -> {
        CudaRuntime runtime = CudaLibraries.load().runtime().orElseThrow();
        call = runtime::cudaRuntimeGetVersion;
      }
      case "ffm" -> {
        var library = CudaLibraries.load().found().get(CudaLibrary.CUDART).library();
        var calls = new NativeCalls.CudaRuntimeCalls(library.path());
        call = version ? calls::runtimeGetVersion : () -> calls.errorString(2).length();
      }
      default -> {
        int[] out = new int[1];
        call =
            version
                ? () -> JCuda.cudaRuntimeGetVersion(out) + out[0]
                : () -> JCuda.cudaGetErrorString(2).length();
      }
    }
    if (call.getAsInt() <= 0) {
      throw new IllegalStateException(engine + " " + function + " fails");
    }
  }

  @Benchmark
  public int run() {
    return call.getAsInt();
  }
}
