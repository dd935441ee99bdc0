package dev.unerring.backend.cuda;

import dev.unerring.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;

/** One growing piece of working memory on the GPU, kept from call to call; content undefined. */
final class Scratch implements AutoCloseable {
  private final Gpu gpu;
  private NativeHandle handle;
  private MemorySegment memory = MemorySegment.NULL;

  Scratch(Gpu gpu) {
    this.gpu = gpu;
  }

  /** At least {@code words} 32-bit words; what an earlier call returned is no longer valid. */
  MemorySegment words(long words) {
    long bytes = Gpu.bytes(words);
    if (memory.byteSize() < bytes) {
      gpu.synchronize();
      close();
      handle = gpu.memory(bytes);
      memory = handle.memory(bytes);
    }
    return memory;
  }

  @Override
  public void close() {
    if (handle != null) {
      memory = MemorySegment.NULL;
      handle.close();
    }
  }
}
