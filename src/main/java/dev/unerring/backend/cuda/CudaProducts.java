// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.backend.Chunks;
import dev.unerring.backend.OperandChecks;
import dev.unerring.backend.Window;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Convolutions and linear layers of {@link CudaBackend}: tap products and backward-weight. Which
 * tile a launch takes changes its speed and no bit.
 */
final class CudaProducts {
  /** Working memory that partial weight gradients may take before they are joined in turns. */
  private static final long PARTIAL_WORDS = 64L << 20;

  private static final Window POINT = Window.square(1, 1, 0);

  private record Key(Shape in, Window window) {}

  private final Gpu gpu;
  private final Kernels kernels;
  private final CudaSums sums;
  private final Scratch turned;
  private final Scratch partial;
  private final Scratch joined;
  private final Map<Key, TapTables> tables = new LinkedHashMap<>();

  CudaProducts(Gpu gpu, Kernels kernels, CudaSums sums) {
    this.gpu = gpu;
    this.kernels = kernels;
    this.sums = sums;
    turned = new Scratch(gpu);
    partial = new Scratch(gpu);
    joined = new Scratch(gpu);
  }

  // ---- convolution ----

  void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    OperandChecks.conv(x, weight, bias, window, y);
    MemorySegment taps = tables(x.shape(), window).forward().memory();
    Shape in = x.shape();
    Shape out = y.shape();
    product(
        x,
        weight.memory(),
        bias.memory(),
        y,
        taps,
        out.d(),
        out.h(),
        out.w(),
        rows(out.n(), out.d(), out.h(), out.w()),
        window.stride(),
        window.padDepth(),
        window.pad(),
        window.pad(),
        in.d(),
        in.h(),
        in.w(),
        in.c(),
        window.taps(),
        out.c(),
        1,
        0,
        0,
        0,
        out.d(),
        out.h(),
        out.w());
  }

  void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    OperandChecks.conv(gradX, weight, null, window, gradY);
    Shape in = gradX.shape();
    Shape out = gradY.shape();
    TapTables all = tables(in, window);
    long tapWords = (long) in.c() * out.c();
    int taps = Math.toIntExact(all.turned().length());
    MemorySegment packed = turned.words(taps * tapWords);
    turn(weight, packed, all.turned(), taps, in.c(), out.c());
    for (TapTables.Phase phase : all.phases()) {
      product(
          gradY,
          packed.asSlice(phase.first() * tapWords * Float.BYTES),
          MemorySegment.NULL,
          gradX,
          all.backward(phase),
          phase.rowsD(),
          phase.rowsH(),
          phase.rowsW(),
          rows(in.n(), phase.rowsD(), phase.rowsH(), phase.rowsW()),
          1,
          0,
          0,
          0,
          out.d(),
          out.h(),
          out.w(),
          out.c(),
          phase.taps(),
          in.c(),
          window.stride(),
          phase.d(),
          phase.h(),
          phase.w(),
          in.d(),
          in.h(),
          in.w());
    }
  }

  void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.conv(x, gradWeight, gradBias, window, gradY);
    Chunks chunks = Chunks.ofPositions(gradY.shape());
    weight(x, gradY, window, chunks, gradWeight);
    sums.channelSums(gradY, chunks, gradY.shape().c(), gradBias, CudaSums.Then.PLAIN, 0);
  }

  // ---- linear: one position, one tap ----

  void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    OperandChecks.linear(x, weight, bias, y);
    convForward(vectors(x), weight, bias, POINT, vectors(y));
  }

  void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    OperandChecks.linear(gradX, weight, null, gradY);
    convBackwardInput(vectors(gradY), weight, POINT, vectors(gradX));
  }

  void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.linear(x, gradWeight, gradBias, gradY);
    Chunks chunks = Chunks.flat(x.shape().n());
    Tensor g = vectors(gradY);
    weight(vectors(x), g, POINT, chunks, gradWeight);
    sums.channelSums(g, chunks, g.shape().c(), gradBias, CudaSums.Then.PLAIN, 0);
  }

  private static Tensor vectors(Tensor x) {
    return new Tensor(Shape.vectors(x.shape().n(), x.shape().imageElements()), x.data());
  }

  // ---- launches ----

  private void product(
      Tensor x,
      MemorySegment weight,
      MemorySegment bias,
      Tensor y,
      MemorySegment taps,
      int... words) {
    int rows = words[3];
    int n = y.shape().c();
    MemorySegment from = x.data().memory();
    MemorySegment to = y.data().memory();
    boolean runs = runs(x.shape().c(), n, from, weight, to);
    String tile = tile(rows, n, 1, runs);
    kernels.of("product_" + tile).at(from).at(weight).at(bias).at(to).at(taps).words(words);
    launch(tile, rows, n, 1);
  }

  private void weight(Tensor x, Tensor gradY, Window window, Chunks chunks, Buffer gradWeight) {
    Shape in = x.shape();
    Shape out = gradY.shape();
    long elements = gradWeight.length();
    int turns = CudaSums.WIDTH;
    while (turns < 1 << 14 && 2L * turns * elements <= PARTIAL_WORDS) {
      turns *= 2;
    }
    int count = chunks.count();
    int waves = Math.ceilDiv(count, turns);
    MemorySegment parts = partial.words(Math.min(count, turns) * elements);
    MemorySegment sumsOfWaves = waves > 1 ? joined.words(waves * elements) : null;
    int m = window.taps() * in.c();
    boolean runs = runs(in.c(), out.c(), x.data().memory(), gradY.data().memory(), parts);
    for (int wave = 0; wave < waves; wave++) {
      int first = wave * turns;
      int now = Math.min(turns, count - first);
      String tile = tile(m, out.c(), now, runs);
      kernels
          .of("weight_" + tile)
          .at(x)
          .at(gradY)
          .at(parts)
          .at(tables(in, window).forward())
          .words(
              in.d(),
              in.h(),
              in.w(),
              in.c(),
              out.d(),
              out.h(),
              out.w(),
              out.c(),
              window.stride(),
              window.padDepth(),
              window.pad(),
              window.pad(),
              window.taps(),
              chunks.groupRows(),
              chunks.chunkRows())
          .number(first);
      launch(tile, m, out.c(), now);
      Buffer to =
          waves == 1
              ? gradWeight
              : new Buffer(
                  sumsOfWaves.asSlice(wave * elements * Float.BYTES, elements * Float.BYTES));
      sums.reduceTree(parts, now, to, CudaSums.Then.PLAIN, 0);
    }
    if (waves > 1) {
      sums.reduceTree(sumsOfWaves, waves, gradWeight, CudaSums.Then.PLAIN, 0);
    }
  }

  private void turn(Buffer weight, MemorySegment packed, Buffer list, int taps, int ic, int oc) {
    if (taps == 0) {
      return;
    }
    kernels
        .of("turn_weights")
        .at(weight)
        .at(packed)
        .at(list)
        .number(taps)
        .number(ic)
        .number(oc)
        .launch((long) Math.ceilDiv(ic, 32) * Math.ceilDiv(oc, 32), taps, 1, Kernels.THREADS, 1);
  }

  /** Whether channels come in runs of 16 bytes at addresses of 16 bytes. */
  private static boolean runs(int c, int n, MemorySegment... operands) {
    long address = 0;
    for (MemorySegment operand : operands) {
      address |= operand.address();
    }
    return c % 4 == 0 && n % 4 == 0 && address % 16 == 0;
  }

  /** The largest tile of which there are enough to fill the GPU. */
  private String tile(int rows, int n, int times, boolean runs) {
    long full = 4L * gpu.device().multiprocessors();
    if (!runs) {
      return "64x64";
    }
    if (n > 64 && blocks(rows, 128, n, 128) * times >= full) {
      return "128x128_runs";
    }
    return blocks(rows, 128, n, 64) * times >= full ? "128x64_runs" : "64x64_runs";
  }

  private static long blocks(int rows, int tileRows, int n, int tileN) {
    return (long) Math.ceilDiv(rows, tileRows) * Math.ceilDiv(n, tileN);
  }

  private void launch(String tile, int rows, int n, int times) {
    int tileRows = tile.startsWith("64") ? 64 : 128;
    int tileN = tile.startsWith("128x128") ? 128 : 64;
    int threads = tileRows * tileN / 64;
    kernels.launch(blocks(rows, tileRows, n, tileN), times, 1, threads, 1);
  }

  private static int rows(int n, int d, int h, int w) {
    return Math.toIntExact((long) n * d * h * w);
  }

  private TapTables tables(Shape in, Window window) {
    return tables.computeIfAbsent(
        new Key(in.withN(1).withC(1), window), key -> TapTables.of(gpu, in, window));
  }
}
