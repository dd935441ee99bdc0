// SPDX-License-Identifier: Apache-2.0
package dev.unerring.network;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.Products;
import dev.unerring.base.WorkMonitor;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the chains of a network share during a pass. First the memory that is lent for one call:
 * gradients on their way back, outputs of shortcuts; every buffer is as large as the largest
 * activation of the network, and there are as many as are in use at once. Then the arithmetic of
 * their products, and who may stop the pass.
 */
public final class Scratch {
  private final Backend backend;
  private final long words;
  private final Arithmetic arithmetic;
  private final List<Lent> all = new ArrayList<>();
  private final Deque<Lent> free = new ArrayDeque<>();
  private WorkMonitor monitor = WorkMonitor.SILENT;
  private String work = "";

  /** A buffer and the tensors it has been, so that a pass makes no new ones. */
  private record Lent(Buffer buffer, Map<Shape, Tensor> tensors) {}

  /**
   * Buffers of {@code words} words from the backend, allocated when first needed.
   *
   * @param arithmetic of the network's products: ordered or integer
   */
  Scratch(Backend backend, long words, Arithmetic arithmetic) {
    this.backend = backend;
    this.words = words;
    this.arithmetic = arithmetic;
  }

  /** What carries out the products of a pass on a backend. */
  Products products(Backend of) {
    return arithmetic == Arithmetic.INTEGER ? of.integer() : of;
  }

  Arithmetic arithmetic() {
    return arithmetic;
  }

  /** Lets {@code other} stop passes from now on, which are part of {@code purpose}. */
  void watch(WorkMonitor other, String purpose) {
    monitor = other;
    work = purpose;
  }

  WorkMonitor monitor() {
    return monitor;
  }

  String work() {
    return work;
  }

  /** Between two layers: ends the pass where it shall stop. */
  void check() {
    monitor.check(work);
  }

  /** A tensor of any contents; the same object for the same memory and shape. */
  Tensor take(Shape shape) {
    Lent lent = free.isEmpty() ? lend() : free.pop();
    Tensor tensor = lent.tensors().get(shape);
    if (tensor == null) {
      tensor = new Tensor(shape, lent.buffer());
      lent.tensors().put(shape, tensor);
    }
    return tensor;
  }

  private Lent lend() {
    Lent lent = new Lent(backend.allocate(words), new LinkedHashMap<>());
    all.add(lent);
    return lent;
  }

  /** Takes back what a pass that failed has not given; a pass begins with it. */
  void reclaim() {
    if (free.size() < all.size()) {
      free.clear();
      free.addAll(all);
    }
  }

  /** Takes the memory of a tensor of {@link #take} back. */
  void give(Tensor tensor) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).buffer() == tensor.data()) {
        free.push(all.get(i));
      }
    }
  }
}
