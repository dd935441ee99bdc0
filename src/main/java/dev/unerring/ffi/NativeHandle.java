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

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      destroy.accept(address);
    }
  }
}
