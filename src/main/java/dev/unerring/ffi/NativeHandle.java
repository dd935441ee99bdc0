// SPDX-License-Identifier: Apache-2.0
package dev.unerring.ffi;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** The one owner of a handle or of device memory: closing it, once, gives it back. */
public final class NativeHandle implements AutoCloseable {
  private final MemorySegment address;
  private final Consumer<MemorySegment> destroy;
  private boolean closed;

  /** Owns what {@code destroy} gives back. */
  public NativeHandle(MemorySegment address, Consumer<MemorySegment> destroy) {
    this.address = address;
    this.destroy = destroy;
  }

  /** The handle, to pass to C functions. */
  public MemorySegment address() {
    return address;
  }

  /**
   * The memory behind the address. Memory of a GPU has addresses of its own: such a segment is cut
   * and passed to C functions, and never read or written from here.
   *
   * @param bytes what was allocated
   */
  @SuppressWarnings("restricted")
  public MemorySegment memory(long bytes) {
    return address.reinterpret(bytes);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      destroy.accept(address);
    }
  }
}
