// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Integer products of {@link CpuBackend}: the bits of {@link IntegerReference}. The fields are the
 * operands of the operation under way, as in {@link CpuNormalization}.
 */
final class CpuInteger implements Products {
  /** Values whose largest one is found together, as in {@code native/cpu/kernels.h}. */
  static final int LARGEST_UNIT = 16_384;

  private static final long SMALL_PRODUCT = 1_000_000;
  private static final Window POINT = Window.square(1, 1, 0);

  private final CpuTeam team;
  private final Turn turn;
  private final Map<Window, Map<Shape, Map<Shape, Plans>>> convolutions = new LinkedHashMap<>();
  private final Map<Shape, Map<Shape, Plans>> linears = new LinkedHashMap<>();
  private final Workers.Range largestRange = this::largest;
  private final Workers.Range quantizeRange = this::quantize;
  private final Workers.Range packRange = this::pack;
  private final Workers.Range normRange = this::norms;
  private final Workers.Range productRange = this::product;
  private final Workers.Range panelRange = this::panels;
  private final Workers.Range sumRange = this::sums;
  private final Workers.Range finishRange = this::finish;

  private IntegerPlan plan;
  private IntegerWeightPlan weightPlan;
  private MemorySegment x;
  private MemorySegment second;
  private MemorySegment bias;
  private MemorySegment y;
  private MemorySegment whole;
  private MemorySegment packed;
  private MemorySegment panels;
  private MemorySegment norms;
  private MemorySegment sums;
  private MemorySegment biasSums;
  private MemorySegment maxima;
  private long values;
  private long firstLargest;
  private long secondLargest;
  private long slab;
  private long parts;

  /** The three passes of a layer. */
  private record Plans(IntegerPlan forward, IntegerPlan backward, IntegerWeightPlan weight) {}

  CpuInteger(CpuTeam team, Turn turn) {
    this.team = team;
    this.turn = turn;
  }

  @Override
  public void convForward(Tensor in, Buffer weight, Buffer summand, Window window, Tensor out) {
    try (Turn _ = turn.take()) {
      OperandChecks.conv(in, weight, summand, window, out);
      plan = convolution(in.shape(), out.shape(), window).forward();
      product(in, weight, summand.memory(), out);
    }
  }

  @Override
  public void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    try (Turn _ = turn.take()) {
      OperandChecks.conv(gradX, weight, null, window, gradY);
      plan = convolution(gradX.shape(), gradY.shape(), window).backward();
      product(gradY, weight, MemorySegment.NULL, gradX);
    }
  }

  @Override
  public void convBackwardWeight(
      Tensor in, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    try (Turn _ = turn.take()) {
      OperandChecks.conv(in, gradWeight, gradBias, window, gradY);
      weightPlan = convolution(in.shape(), gradY.shape(), window).weight();
      weights(in, gradY, gradWeight, gradBias);
    }
  }

  @Override
  public void linearForward(Tensor in, Buffer weight, Buffer summand, Tensor out) {
    try (Turn _ = turn.take()) {
      OperandChecks.linear(in, weight, summand, out);
      plan = linear(in.shape(), out.shape()).forward();
      product(in, weight, summand.memory(), out);
    }
  }

  @Override
  public void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    try (Turn _ = turn.take()) {
      OperandChecks.linear(gradX, weight, null, gradY);
      plan = linear(gradX.shape(), gradY.shape()).backward();
      product(gradY, weight, MemorySegment.NULL, gradX);
    }
  }

  @Override
  public void linearBackwardWeight(Tensor in, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    try (Turn _ = turn.take()) {
      OperandChecks.linear(in, gradWeight, gradBias, gradY);
      weightPlan = linear(in.shape(), gradY.shape()).weight();
      weights(in, gradY, gradWeight, gradBias);
    }
  }

  private Plans convolution(Shape in, Shape out, Window window) {
    Map<Shape, Plans> ofInput =
        convolutions
            .computeIfAbsent(window, key -> new LinkedHashMap<>())
            .computeIfAbsent(in, key -> new LinkedHashMap<>());
    Plans known = ofInput.get(out);
    if (known == null) {
      known = plans(in, out, window);
      ofInput.put(out, known);
    }
    return known;
  }

  private Plans linear(Shape in, Shape out) {
    Map<Shape, Plans> ofInput = linears.computeIfAbsent(in, key -> new LinkedHashMap<>());
    Plans known = ofInput.get(out);
    if (known == null) {
      known = plans(flat(in), flat(out), POINT);
      ofInput.put(out, known);
    }
    return known;
  }

  /** A linear layer is a 1x1 convolution of images with one position. */
  static Shape flat(Shape shape) {
    return Shape.vectors(shape.n(), shape.imageElements());
  }

  private Plans plans(Shape in, Shape out, Window window) {
    int threads = team.workers.count();
    return new Plans(
        IntegerPlan.of(in, out, window, false, threads, team.arena),
        IntegerPlan.of(in, out, window, true, threads, team.arena),
        IntegerWeightPlan.of(in, out, window, threads, team.arena));
  }

  // ---- forward and backward-input ----

  private void product(Tensor from, Buffer weight, MemorySegment summand, Tensor to) {
    long bytes = plan.packedFloats() * Float.BYTES;
    MemorySegment room = team.packed.floats(IntegerMemory.packed(plan));
    packed = room.asSlice(0, bytes);
    norms = room.asSlice(bytes, plan.norms() * Float.BYTES);
    whole = room.asSlice(bytes + plan.norms() * Float.BYTES);
    team.threadScratch.reserve(plan.scratchFloats());
    x = weight.memory();
    secondLargest = largest(x, weight.length(), team.vectors.floats(IntegerMemory.maxima(weight)));
    team.workers.run(weight.length(), CpuTeam.SMALL, quantizeRange);
    long least = CpuTeam.atLeast(CpuTeam.SMALL, plan.packUnitWork());
    team.workers.run(plan.packUnits(), least, packRange);
    if (plan.winograd()) {
      team.workers.run(plan.norms(), 1, normRange);
    }
    x = CpuTeam.memory(from);
    y = CpuTeam.memory(to);
    bias = summand;
    least = CpuTeam.atLeast(SMALL_PRODUCT, plan.unitWork());
    team.workers.run(plan.units(), least, productRange);
  }

  /** Bits of the largest absolute value. */
  private long largest(MemorySegment of, long count, MemorySegment room) {
    x = of;
    values = count;
    maxima = room;
    long units = Math.ceilDiv(count, LARGEST_UNIT);
    team.workers.run(units, 1, largestRange);
    int largest = 0;
    for (long i = 0; i < units; i++) {
      largest = Math.max(largest, room.getAtIndex(ValueLayout.JAVA_INT, i));
    }
    return largest;
  }

  private void largest(long begin, long end) {
    team.kernels.integerLargest(x, maxima, values, begin, end);
  }

  private void quantize(long begin, long end) {
    team.kernels.integerQuantize(x, whole, secondLargest, begin, end);
  }

  private void pack(long begin, long end) {
    if (plan.winograd()) {
      team.kernels.integerPackWinograd(whole, packed, plan.words(), begin, end);
    } else {
      team.kernels.integerPack(whole, packed, plan.words(), begin, end);
    }
  }

  private void norms(long begin, long end) {
    team.kernels.integerNorms(whole, norms, plan.words(), begin, end);
  }

  private void product(long begin, long end) {
    MemorySegment scratch = team.threadScratch.take();
    try {
      if (plan.winograd()) {
        team.kernels.integerWinograd(
            x, packed, norms, bias, y, scratch, plan.words(), secondLargest, begin, end);
      } else {
        team.kernels.integerDirect(
            x, packed, bias, y, scratch, plan.words(), secondLargest, begin, end);
      }
    } finally {
      team.threadScratch.giveBack(scratch);
    }
  }

  // ---- backward-weight ----

  private void weights(Tensor in, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    IntegerWeightPlan p = weightPlan;
    MemorySegment vectors = team.vectors.floats(IntegerMemory.vectors(p, in, gradY, gradBias));
    firstLargest = largest(CpuTeam.memory(in), in.shape().elements(), vectors);
    secondLargest = largest(CpuTeam.memory(gradY), gradY.shape().elements(), vectors);
    biasSums = vectors.asSlice(0, p.units() * gradBias.length() * Long.BYTES);
    norms = vectors.asSlice(biasSums.byteSize());
    MemorySegment room = team.packed.floats(p.panelFloats() + p.gradientFloats());
    packed = room.asSlice(0, p.panelFloats() * Float.BYTES);
    panels = room.asSlice(packed.byteSize());
    sums = team.partial.floats(2 * gradWeight.length());
    team.threadScratch.reserve(p.scratchFloats());
    x = CpuTeam.memory(in);
    second = CpuTeam.memory(gradY);
    for (slab = 0; slab < p.units(); slab += p.slab()) {
      parts = Math.min(p.slab(), p.units() - slab);
      team.workers.run(parts, 1, panelRange);
      team.workers.run(p.sumUnits(), 1, sumRange);
    }
    y = gradWeight.memory();
    values = gradWeight.length();
    parts = 1;
    team.workers.run(values, CpuTeam.SMALL, finishRange);
    sums = biasSums;
    y = gradBias.memory();
    values = gradBias.length();
    parts = p.units();
    firstLargest = 0; // a factor of 1
    team.workers.run(values, CpuTeam.SMALL, finishRange);
  }

  private void panels(long begin, long end) {
    MemorySegment scratch = team.threadScratch.take();
    try {
      team.kernels.integerPanels(
          x,
          second,
          packed,
          panels,
          norms,
          biasSums,
          scratch,
          weightPlan.words(),
          firstLargest,
          secondLargest,
          slab,
          slab + begin,
          slab + end);
    } finally {
      team.threadScratch.giveBack(scratch);
    }
  }

  private void sums(long begin, long end) {
    MemorySegment scratch = team.threadScratch.take();
    try {
      MemorySegment own = norms.asSlice(slab * 2 * Float.BYTES);
      team.kernels.integerSums(
          packed,
          panels,
          own,
          sums,
          scratch,
          weightPlan.words(),
          parts,
          slab == 0 ? 1 : 0,
          begin,
          end);
    } finally {
      team.threadScratch.giveBack(scratch);
    }
  }

  private void finish(long begin, long end) {
    team.kernels.integerFinish(sums, parts, y, values, firstLargest, secondLargest, begin, end);
  }
}
