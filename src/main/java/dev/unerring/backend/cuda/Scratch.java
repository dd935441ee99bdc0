// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.ffi.NativeHandle;
import java.lang.foreign.MemorySegment;

/**
 * One growing piece of working memory, kept from call to call until it or the GPU is closed; its
 * content is undefined.
 */
final class Scratch implements AutoCloseable {
  private final Gpu gpu;
  private final NativeHandle owned;
  private NativeHandle handle;
  private MemorySegment memory = MemorySegment.NULL;

  Scratch(Gpu gpu) {
    this.gpu = gpu;
    owned = gpu.own(new NativeHandle(MemorySegment.NULL, nothing -> release()));
  }

  /** At least {@code words} 32-bit words; what an earlier call returned is no longer valid. */
  MemorySegment words(long words) {
    long bytes = Gpu.bytes(words);
    if (memory.byteSize() < bytes) {
      gpu.synchronize();
      release();
      gpu.moved();
      handle = gpu.memory(bytes);
      memory = handle.memory(bytes);
    }
    return memory;
  }

  private void release() {
    if (handle != null) {
      memory = MemorySegment.NULL;
      handle.close();
    }
  }

  @Override
  public void close() {
    gpu.free(owned);
  }
}
