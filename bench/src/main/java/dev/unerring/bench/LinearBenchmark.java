// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One pass of a linear layer; the peer is one sgemm of OpenBLAS, without the bias. Bits are
 * compared at full size.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LinearBenchmark {
  /** BATCHxINPUTSxOUTPUTS. */
  @Param("128x1024x128")
  public String shape;

  @Param("forward")
  public String pass;

  @Param("2")
  public int threads;

  /** unerring or openblas. */
  @Param("unerring")
  public String engine;

  private CpuBackend backend;
  private Runnable operation;

  /** A benchmark; JMH makes it. */
  public LinearBenchmark() {}

  /** Batch, inputs, outputs. */
  static int[] extents(String shape) {
    return Arrays.stream(shape.split("x")).mapToInt(Integer::parseInt).toArray();
  }

  static double gflop(String shape) {
    int[] e = extents(shape);
    return 2e-9 * e[0] * e[1] * e[2];
  }

  @Setup
  public void setUp() {
    backend = CpuBackend.open("auto", threads);
    Operands own = new Operands(backend, extents(shape));
    own.run(pass);
    operation = () -> own.run(pass);
    try (Backend definition = new ReferenceBackend()) {
      Operands reference = new Operands(definition, extents(shape));
      reference.run(pass);
      Memory.requireSameBits(reference.result(pass), own.result(pass), "linear " + pass);
    }
    if (engine.equals("openblas")) {
      openblas.blas_set_num_threads(threads);
      FloatPointer out = new FloatPointer(own.result(pass).length());
      operation = gemm(own, out);
      operation.run();
      float[] found = new float[Math.toIntExact(out.capacity())];
      out.get(found);
      try (CpuBackend plain = CpuBackend.open("auto", 1)) {
        Operands unbiased = new Operands(plain, extents(shape));
        plain.fill(unbiased.bias, 0.0f);
        unbiased.run(pass);
        Memory.requireClose(unbiased.result(pass), MemorySegment.ofArray(found), "sgemm " + pass);
      }
    }
  }

  /** C-style sgemm with the operands of the pass, results in memory of its own. */
  private Runnable gemm(Operands own, FloatPointer out) {
    int[] e = extents(shape);
    FloatPointer x = pointer(own.x.data());
    FloatPointer w = pointer(own.weight);
    FloatPointer g = pointer(own.gradY.data());
    int none = openblas.CblasNoTrans;
    int turned = openblas.CblasTrans;
    return switch (pass) {
      case "forward" -> () -> gemm(none, none, e[0], e[2], e[1], x, e[1], w, e[2], out, e[2]);
      case "backwardInput" ->
          () -> gemm(none, turned, e[0], e[1], e[2], g, e[2], w, e[2], out, e[1]);
      default -> () -> gemm(turned, none, e[1], e[2], e[0], x, e[1], g, e[2], out, e[2]);
    };
  }

  private static void gemm(
      int transA,
      int transB,
      int m,
      int n,
      int k,
      FloatPointer a,
      int lda,
      FloatPointer b,
      int ldb,
      FloatPointer c,
      int ldc) {
    openblas.cblas_sgemm(
        openblas.CblasRowMajor, transA, transB, m, n, k, 1.0f, a, lda, b, ldb, 0.0f, c, ldc);
  }

  private static FloatPointer pointer(Buffer buffer) {
    float[] values = buffer.memory().toArray(ValueLayout.JAVA_FLOAT);
    return new FloatPointer(values);
  }

  @Benchmark
  public void run() {
    operation.run();
  }

  @TearDown
  public void tearDown() {
    backend.close();
  }

  /** What a linear layer reads and writes, on one backend. */
  private static final class Operands {
    private final Backend backend;
    final Tensor x;
    final Tensor gradY;
    final Buffer weight;
    private final Buffer bias;
    private final Tensor y;
    private final Tensor gradX;
    private final Buffer gradWeight;
    private final Buffer gradBias;

    Operands(Backend backend, int[] extents) {
      this.backend = backend;
      Shape in = Shape.vectors(extents[0], extents[1]);
      Shape out = Shape.vectors(extents[0], extents[2]);
      x = Memory.random(backend, in, 1);
      gradY = Memory.random(backend, out, 2);
      weight = Memory.random(backend, (long) extents[1] * extents[2], 3);
      bias = Memory.random(backend, extents[2], 4);
      y = Memory.empty(backend, out);
      gradX = Memory.empty(backend, in);
      gradWeight = backend.allocate(weight.length());
      gradBias = backend.allocate(extents[2]);
    }

    void run(String pass) {
      switch (pass) {
        case "forward" -> backend.linearForward(x, weight, bias, y);
        case "backwardInput" -> backend.linearBackwardInput(gradY, weight, gradX);
        default -> backend.linearBackwardWeight(x, gradY, gradWeight, gradBias);
      }
    }

    Buffer result(String pass) {
      return switch (pass) {
        case "forward" -> y.data();
        case "backwardInput" -> gradX.data();
        default -> gradWeight;
      };
    }
  }
}
