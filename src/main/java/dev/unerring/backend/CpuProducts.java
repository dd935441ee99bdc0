package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/** Convolutions and linear layers of {@link CpuBackend}: tap products and backward-weight units. */
final class CpuProducts {
  /** Fewest multiply-adds of a product that are worth a range of their own. */
  private static final long SMALL_PRODUCT = 1_000_000;

  /** Samples of one row of the tap product that carries out a linear layer. */
  private static final int LINEAR_ROW = 8;

  private record Key(Shape in, Shape out, Window window) {}

  private final CpuTeam team;
  private final Map<Key, ConvGeometry> geometries = new LinkedHashMap<>();

  CpuProducts(CpuTeam team) {
    this.team = team;
  }

  // ---- convolution ----

  void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    OperandChecks.conv(x, weight, bias, window, y);
    ConvGeometry geometry = geometry(x.shape(), y.shape(), window);
    MemorySegment in = bordered(x, geometry.inputBorder());
    Shape out = y.shape();
    long work = (long) out.w() * out.c() * window.taps() * x.shape().c();
    team.workers.run(
        (long) out.n() * out.d() * out.h(),
        CpuTeam.atLeast(SMALL_PRODUCT, work),
        (begin, end) ->
            team.kernels.tapRows(
                in,
                weight.memory(),
                bias.memory(),
                CpuTeam.memory(y),
                geometry.forward(),
                begin,
                end));
  }

  void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    OperandChecks.conv(gradX, weight, null, window, gradY);
    ConvGeometry geometry = geometry(gradX.shape(), gradY.shape(), window);
    MemorySegment gradient = bordered(gradY, geometry.gradientBorder());
    int ic = gradX.shape().c();
    int oc = gradY.shape().c();
    long tapBytes = (long) ic * oc * Float.BYTES;
    MemorySegment turned = team.packed.floats(weight.length());
    long turnedTaps = 0;
    for (ConvGeometry.Phase phase : geometry.phases()) {
      MemorySegment weights = turned.asSlice(turnedTaps * tapBytes);
      for (int i = 0; i < phase.taps().length; i++) {
        MemorySegment tap = weight.memory().asSlice(phase.taps()[i] * tapBytes);
        team.kernels.transpose(tap, weights.asSlice(i * tapBytes), ic, oc, 0, 1);
      }
      turnedTaps += phase.taps().length;
      MemorySegment out = CpuTeam.memory(gradX).asSlice(phase.firstElement() * Float.BYTES);
      long work = (long) gradX.shape().w() * ic * Math.max(1, phase.taps().length) * oc;
      team.workers.run(
          (long) gradX.shape().n() * phase.rows(),
          CpuTeam.atLeast(SMALL_PRODUCT, work),
          (begin, end) ->
              team.kernels.tapRows(
                  gradient, weights, MemorySegment.NULL, out, phase.words(), begin, end));
    }
  }

  void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.conv(x, gradWeight, gradBias, window, gradY);
    ConvGeometry geometry = geometry(x.shape(), gradY.shape(), window);
    MemorySegment in = bordered(x, geometry.inputBorder());
    Chunks chunks = Chunks.ofPositions(gradY.shape());
    int span = window.kw() * x.shape().c();
    long units =
        (long) chunks.count() * window.kd() * window.kh() * Math.ceilDiv(span, ConvGeometry.BLOCK);
    weightUnits(in, gradY, geometry.weight(), chunks.count(), units, gradWeight);
    team.channelSums(gradY, chunks, gradBias);
  }

  private void weightUnits(
      MemorySegment x, Tensor gradY, MemorySegment words, int chunks, long units, Buffer sums) {
    MemorySegment parts = team.partial.floats(chunks * sums.length());
    team.workers.run(
        units,
        1,
        (begin, end) ->
            team.kernels.weightUnits(x, CpuTeam.memory(gradY), parts, words, begin, end));
    team.reduceTree(parts, sums, chunks);
  }

  // ---- linear: a tap product with one tap whose rows are runs of samples ----

  void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    OperandChecks.linear(x, weight, bias, y);
    product(x, weight.memory(), bias.memory(), y);
  }

  void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    OperandChecks.linear(gradX, weight, null, gradY);
    MemorySegment turned = team.packed.floats(weight.length());
    int in = gradX.shape().imageElements();
    team.kernels.transpose(weight.memory(), turned, in, gradY.shape().imageElements(), 0, 1);
    product(gradY, turned, MemorySegment.NULL, gradX);
  }

  private void product(Tensor x, MemorySegment weight, MemorySegment bias, Tensor y) {
    int samples = x.shape().n();
    int whole = samples / LINEAR_ROW;
    productRows(x, 0, whole, LINEAR_ROW, weight, bias, y);
    int rest = samples % LINEAR_ROW;
    if (rest > 0) {
      productRows(x, whole * LINEAR_ROW, 1, rest, weight, bias, y);
    }
  }

  private void productRows(
      Tensor x,
      int first,
      int rows,
      int width,
      MemorySegment weight,
      MemorySegment bias,
      Tensor y) {
    long in = x.shape().imageElements();
    long out = y.shape().imageElements();
    MemorySegment words =
        team.words(1, rows, width, in, out, 0, 0, width * in, in, 0, 0, width * out, out, 1, 0);
    MemorySegment from = CpuTeam.memory(x).asSlice(first * in * Float.BYTES);
    MemorySegment to = CpuTeam.memory(y).asSlice(first * out * Float.BYTES);
    team.workers.run(
        rows,
        CpuTeam.atLeast(SMALL_PRODUCT, width * in * out),
        (begin, end) -> team.kernels.tapRows(from, weight, bias, to, words, begin, end));
  }

  void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.linear(x, gradWeight, gradBias, gradY);
    int samples = x.shape().n();
    int in = x.shape().imageElements();
    int out = gradY.shape().imageElements();
    Chunks chunks = Chunks.flat(samples);
    boolean one = chunks.count() == 1;
    MemorySegment words =
        team.words(
            1,
            1,
            one ? samples : 1,
            out,
            in,
            1,
            1,
            in,
            0,
            0,
            in,
            1,
            one ? 1 : chunks.groupRows(),
            one ? 1 : chunks.chunkRows(),
            ConvGeometry.BLOCK);
    long units = (long) chunks.count() * Math.ceilDiv(in, ConvGeometry.BLOCK);
    weightUnits(CpuTeam.memory(x), gradY, words, chunks.count(), units, gradWeight);
    team.channelSums(gradY, chunks, gradBias);
  }

  private ConvGeometry geometry(Shape in, Shape out, Window window) {
    return geometries.computeIfAbsent(
        new Key(in, out, window), key -> ConvGeometry.of(in, out, window, team.arena));
  }

  private MemorySegment bordered(Tensor x, ConvGeometry.Border border) {
    if (!border.needed()) {
      return CpuTeam.memory(x);
    }
    MemorySegment to = team.padded.floats(border.imageElements() * x.shape().n());
    team.workers.run(
        x.shape().n(),
        CpuTeam.atLeast(CpuTeam.SMALL, border.imageElements()),
        (begin, end) -> team.kernels.padImages(CpuTeam.memory(x), to, border.words(), begin, end));
    return to;
  }
}
