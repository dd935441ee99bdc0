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
 * Convolutions and linear layers of {@link CpuBackend}: tap products and backward-weight units. The
 * tasks are objects of their own that are filled for each call, so that a call allocates nothing.
 */
final class CpuProducts {
  /** Fewest multiply-adds of a product that are worth a range of their own. */
  private static final long SMALL_PRODUCT = 1_000_000;

  private final CpuTeam team;
  private final Map<Window, Map<Shape, Map<Shape, ConvGeometry>>> convolutions =
      new LinkedHashMap<>();
  private final Map<Shape, Map<Shape, ConvGeometry>> linears = new LinkedHashMap<>();
  private final TapTask taps = new TapTask();
  private final WeightTask weights = new WeightTask();
  private final Workers.Range packRange = taps::pack;
  private final Workers.Range tapRange = taps::run;
  private final Workers.Range weightRange = weights::run;

  CpuProducts(CpuTeam team) {
    this.team = team;
  }

  // ---- convolution ----

  void convForward(Tensor x, Buffer weight, Buffer bias, Window window, Tensor y) {
    OperandChecks.conv(x, weight, bias, window, y);
    TapPlan plan = convolution(x.shape(), y.shape(), window).forward();
    taps.product(plan, x, weight, bias.memory(), y);
  }

  void convBackwardInput(Tensor gradY, Buffer weight, Window window, Tensor gradX) {
    OperandChecks.conv(gradX, weight, null, window, gradY);
    TapPlan plan = convolution(gradX.shape(), gradY.shape(), window).backward();
    taps.product(plan, gradY, weight, MemorySegment.NULL, gradX);
  }

  void convBackwardWeight(
      Tensor x, Tensor gradY, Window window, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.conv(x, gradWeight, gradBias, window, gradY);
    WeightPlan plan = convolution(x.shape(), gradY.shape(), window).weight();
    weights.sums(plan, x, gradY, gradWeight, gradBias);
  }

  private ConvGeometry convolution(Shape in, Shape out, Window window) {
    Map<Shape, ConvGeometry> ofInput =
        convolutions
            .computeIfAbsent(window, key -> new LinkedHashMap<>())
            .computeIfAbsent(in, key -> new LinkedHashMap<>());
    ConvGeometry known = ofInput.get(out);
    if (known == null) {
      known = ConvGeometry.convolution(in, out, window, team.arena);
      ofInput.put(out, known);
    }
    return known;
  }

  // ---- linear ----

  void linearForward(Tensor x, Buffer weight, Buffer bias, Tensor y) {
    OperandChecks.linear(x, weight, bias, y);
    taps.product(linear(x.shape(), y.shape()).forward(), x, weight, bias.memory(), y);
  }

  void linearBackwardInput(Tensor gradY, Buffer weight, Tensor gradX) {
    OperandChecks.linear(gradX, weight, null, gradY);
    TapPlan plan = linear(gradX.shape(), gradY.shape()).backward();
    taps.product(plan, gradY, weight, MemorySegment.NULL, gradX);
  }

  void linearBackwardWeight(Tensor x, Tensor gradY, Buffer gradWeight, Buffer gradBias) {
    OperandChecks.linear(x, gradWeight, gradBias, gradY);
    weights.sums(linear(x.shape(), gradY.shape()).weight(), x, gradY, gradWeight, gradBias);
  }

  private ConvGeometry linear(Shape in, Shape out) {
    Map<Shape, ConvGeometry> ofInput = linears.computeIfAbsent(in, key -> new LinkedHashMap<>());
    ConvGeometry known = ofInput.get(out);
    if (known == null) {
      known = ConvGeometry.linear(in, out, team.arena);
      ofInput.put(out, known);
    }
    return known;
  }

  // ---- tasks ----

  /** A tap product: first its weights are packed, then its boxes are computed. */
  private final class TapTask {
    private TapPlan plan;
    private MemorySegment x;
    private MemorySegment weight;
    private MemorySegment packed;
    private MemorySegment bias;
    private MemorySegment y;

    void product(TapPlan plan, Tensor from, Buffer weights, MemorySegment bias, Tensor to) {
      this.plan = plan;
      this.bias = bias;
      x = CpuTeam.memory(from);
      y = CpuTeam.memory(to);
      weight = weights.memory();
      team.threadScratch.reserve(plan.scratchFloats());
      if (plan.packUnits() > 0) {
        packed = team.packed.floats(plan.weightFloats() + 1);
        packed.setAtIndex(ValueLayout.JAVA_INT, plan.weightFloats(), 0);
        long smallest = CpuTeam.atLeast(CpuTeam.SMALL, plan.packUnitFloats());
        team.workers.run(plan.packUnits(), smallest, packRange);
      } else {
        packed = weight; // each unit packs its own
      }
      long smallest = CpuTeam.atLeast(SMALL_PRODUCT, plan.boxWork());
      team.workers.run(plan.boxes(), smallest, tapRange);
    }

    void pack(long begin, long end) {
      team.kernels.packWeights(weight, packed, plan.packWords(), begin, end);
    }

    void run(long begin, long end) {
      MemorySegment scratch = team.threadScratch.take();
      try {
        team.kernels.tapBoxes(x, packed, bias, y, scratch, plan.words(), begin, end);
      } finally {
        team.threadScratch.giveBack(scratch);
      }
    }
  }

  /** Backward-weight with the bias sums: units, then the tree over the runs of chunks. */
  private final class WeightTask {
    private WeightPlan plan;
    private MemorySegment x;
    private MemorySegment gradY;
    private MemorySegment sums;
    private MemorySegment biasSums;

    void sums(WeightPlan plan, Tensor in, Tensor gradient, Buffer gradWeight, Buffer gradBias) {
      this.plan = plan;
      x = CpuTeam.memory(in);
      gradY = CpuTeam.memory(gradient);
      boolean whole = plan.runs() == 1;
      sums = whole ? gradWeight.memory() : team.partial.floats(plan.runs() * gradWeight.length());
      biasSums = whole ? gradBias.memory() : team.vectors.floats(plan.runs() * gradBias.length());
      team.threadScratch.reserve(plan.scratchFloats());
      long smallest = CpuTeam.atLeast(SMALL_PRODUCT, plan.unitWork());
      team.workers.run(plan.units(), smallest, weightRange);
      if (!whole) {
        team.reduceTree(sums, gradWeight, plan.runs());
        team.reduceTree(biasSums, gradBias, plan.runs());
      }
    }

    void run(long begin, long end) {
      MemorySegment scratch = team.threadScratch.take();
      try {
        team.kernels.weightUnits(x, gradY, sums, biasSums, scratch, plan.words(), begin, end);
      } finally {
        team.threadScratch.giveBack(scratch);
      }
    }
  }
}
