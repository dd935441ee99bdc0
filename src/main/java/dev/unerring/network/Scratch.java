package dev.unerring.network;

import dev.unerring.backend.Backend;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory lent for a moment: gradients on their way back, outputs of shortcuts. Every buffer is as
 * large as the largest activation of the network; there are as many as are in use at once.
 */
public final class Scratch {
  private final Backend backend;
  private final long words;
  private final Deque<Buffer> free = new ArrayDeque<>();

  /** Buffers of {@code words} words from the backend, allocated when first needed. */
  Scratch(Backend backend, long words) {
    this.backend = backend;
    this.words = words;
  }

  /** A tensor of any contents. */
  Tensor take(Shape shape) {
    Buffer buffer = free.isEmpty() ? backend.allocate(words) : free.pop();
    return new Tensor(shape, buffer);
  }

  /** Takes the memory of a tensor of {@link #take} back. */
  void give(Tensor tensor) {
    free.push(tensor.data());
  }
}
