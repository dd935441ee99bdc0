// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.ffi.Layouts.Pool;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * ReLU, addition and pooling of {@link CpuBackend}. The fields are the operands of the operation
 * under way, so that its ranges are made once and a step allocates nothing.
 */
final class CpuPointwise {
  private final CpuTeam team;
  private final Map<Window, Map<Shape, MemorySegment>> poolWords = new LinkedHashMap<>();
  private MemorySegment a;
  private MemorySegment b;
  private MemorySegment out;
  private MemorySegment words;
  private long positions;
  private long channels;

  private final Workers.Range reluForward = this::reluForward;
  private final Workers.Range reluBackward = this::reluBackward;
  private final Workers.Range add = this::add;
  private final Workers.Range addRelu = this::addRelu;
  private final Workers.Range maxPoolForward = this::maxPoolForward;
  private final Workers.Range maxPoolBackward = this::maxPoolBackward;
  private final Workers.Range averagePoolForward = this::averagePoolForward;
  private final Workers.Range averagePoolBackward = this::averagePoolBackward;

  CpuPointwise(CpuTeam team) {
    this.team = team;
  }

  private void reluForward(long begin, long end) {
    team.kernels.reluForward(a, out, begin, end);
  }

  private void reluBackward(long begin, long end) {
    team.kernels.reluBackward(a, b, out, begin, end);
  }

  private void add(long begin, long end) {
    team.kernels.add(a, b, out, begin, end);
  }

  private void addRelu(long begin, long end) {
    team.kernels.addRelu(a, b, out, begin, end);
  }

  private void maxPoolForward(long begin, long end) {
    team.kernels.maxPoolForward(a, out, words, begin, end);
  }

  private void maxPoolBackward(long begin, long end) {
    team.kernels.maxPoolBackward(a, b, out, words, begin, end);
  }

  private void averagePoolForward(long begin, long end) {
    team.kernels.averagePoolForward(a, out, positions, channels, begin, end);
  }

  private void averagePoolBackward(long begin, long end) {
    team.kernels.averagePoolBackward(a, out, positions, channels, begin, end);
  }

  void reluForward(Tensor x, Tensor y) {
    OperandChecks.channels(x, y);
    operands(x, x, y);
    team.workers.run(x.shape().elements(), CpuTeam.SMALL, reluForward);
  }

  void reluBackward(Tensor y, Tensor gradY, Tensor gradX) {
    elementwise(y, gradY, gradX, reluBackward);
  }

  void add(Tensor left, Tensor right, Tensor y) {
    elementwise(left, right, y, add);
  }

  void addRelu(Tensor left, Tensor right, Tensor y) {
    elementwise(left, right, y, addRelu);
  }

  private void elementwise(Tensor left, Tensor right, Tensor y, Workers.Range operation) {
    OperandChecks.channels(left, right);
    OperandChecks.channels(left, y);
    operands(left, right, y);
    team.workers.run(left.shape().elements(), CpuTeam.SMALL, operation);
  }

  void maxPoolForward(Tensor x, Window window, Tensor y) {
    OperandChecks.pool(x, window, y);
    operands(x, x, y);
    words = poolWords(x.shape(), y.shape(), window);
    Shape s = y.shape();
    team.workers.run(
        (long) s.n() * s.d() * s.h(),
        CpuTeam.atLeast(CpuTeam.SMALL, (long) s.w() * s.c() * window.taps()),
        maxPoolForward);
  }

  void maxPoolBackward(Tensor x, Tensor gradY, Window window, Tensor gradX) {
    OperandChecks.pool(x, window, gradY);
    OperandChecks.channels(x, gradX);
    operands(x, gradY, gradX);
    words = poolWords(x.shape(), gradY.shape(), window);
    images(x.shape(), maxPoolBackward);
  }

  void averagePoolForward(Tensor x, Tensor y) {
    OperandChecks.averagePool(x, y);
    operands(x, x, y);
    images(x.shape(), averagePoolForward);
  }

  void averagePoolBackward(Tensor gradY, Tensor gradX) {
    OperandChecks.averagePool(gradX, gradY);
    operands(gradY, gradY, gradX);
    images(gradX.shape(), averagePoolBackward);
  }

  private void operands(Tensor left, Tensor right, Tensor result) {
    a = CpuTeam.memory(left);
    b = CpuTeam.memory(right);
    out = CpuTeam.memory(result);
  }

  private void images(Shape s, Workers.Range operation) {
    positions = s.positions();
    channels = s.c();
    team.workers.run(s.n(), CpuTeam.atLeast(CpuTeam.SMALL, s.imageElements()), operation);
  }

  private MemorySegment poolWords(Shape in, Shape y, Window w) {
    Map<Shape, MemorySegment> ofWindow = poolWords.get(w);
    if (ofWindow == null) {
      ofWindow = new LinkedHashMap<>();
      poolWords.put(w, ofWindow);
    }
    MemorySegment known = ofWindow.get(in);
    if (known == null) {
      known =
          team.words(
              new Words(Pool.values().length)
                  .set(Pool.ID, in.d())
                  .set(Pool.IH, in.h())
                  .set(Pool.IW, in.w())
                  .set(Pool.C, in.c())
                  .set(Pool.OD, y.d())
                  .set(Pool.OH, y.h())
                  .set(Pool.OW, y.w())
                  .set(Pool.KD, w.kd())
                  .set(Pool.KH, w.kh())
                  .set(Pool.KW, w.kw())
                  .set(Pool.STRIDE, w.stride()));
      ofWindow.put(in, known);
    }
    return known;
  }
}
