// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.Products;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.concurrent.TimeUnit;
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
 * One pass of one convolution at full batch. Bits are compared on a batch of two of the same
 * images; the results of a peer with ours, at full batch.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ConvBenchmark {
  private static final int CUT = 2;

  @Param("3x3-64x28")
  public String layer;

  @Param("forward")
  public String pass;

  @Param("2")
  public int threads;

  /** unerring, unerring-avx2 (kernel set named), integer, onednn. */
  @Param("unerring")
  public String engine;

  private CpuBackend backend;
  private Runnable operation;
  private OneDnnConv peer;

  /** A benchmark; JMH makes it. */
  public ConvBenchmark() {}

  @Setup
  public void setUp() {
    ConvCase conv = ConvCase.named(layer);
    int at = engine.indexOf("unerring-");
    backend = CpuBackend.open(at < 0 ? "auto" : engine.substring("unerring-".length()), threads);
    Operands full = new Operands(backend, products(backend), conv, conv.input().n());
    operation = full.operation(pass);
    if (engine.equals("onednn")) {
      operation.run();
      peer = new OneDnnConv(conv, pass, threads, full.x, full.gradY, full.weight, full.bias);
      operation = peer::execute;
      operation.run();
      Memory.requireClose(full.result(pass), peer.result(), layer + " " + pass);
    } else {
      try (Backend definition = new ReferenceBackend()) {
        Operands reference = new Operands(definition, products(definition), conv, CUT);
        Operands cut = new Operands(backend, products(backend), conv, CUT);
        reference.operation(pass).run();
        cut.operation(pass).run();
        String what = layer + " " + pass + " on " + engine;
        Memory.requireSameBits(reference.result(pass), cut.result(pass), what);
      }
    }
  }

  private Products products(Backend of) {
    return engine.equals("integer") ? of.integer() : of;
  }

  @Benchmark
  public void run() {
    operation.run();
  }

  @TearDown
  public void tearDown() {
    if (peer != null) {
      peer.close();
    }
    backend.close();
  }

  /** What a convolution reads and writes, on one backend. */
  private static final class Operands {
    private final Products products;
    private final ConvCase conv;
    final Tensor x;
    final Tensor gradY;
    final Buffer weight;
    final Buffer bias;
    private final Tensor y;
    private final Tensor gradX;
    private final Buffer gradWeight;
    private final Buffer gradBias;

    Operands(Backend backend, Products products, ConvCase conv, int batch) {
      Shape in = conv.input().withN(batch);
      Shape out = conv.output().withN(batch);
      this.products = products;
      this.conv = conv;
      x = Memory.random(backend, in, 1);
      gradY = Memory.random(backend, out, 2);
      weight = Memory.random(backend, conv.weights(), 3);
      bias = Memory.random(backend, conv.outputs(), 4);
      y = Memory.empty(backend, out);
      gradX = Memory.empty(backend, in);
      gradWeight = backend.allocate(conv.weights());
      gradBias = backend.allocate(conv.outputs());
    }

    Runnable operation(String pass) {
      return switch (pass) {
        case "forward" -> () -> products.convForward(x, weight, bias, conv.window(), y);
        case "backwardInput" ->
            () -> products.convBackwardInput(gradY, weight, conv.window(), gradX);
        case "backwardWeight" ->
            () -> products.convBackwardWeight(x, gradY, conv.window(), gradWeight, gradBias);
        default -> throw new IllegalArgumentException(pass);
      };
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
