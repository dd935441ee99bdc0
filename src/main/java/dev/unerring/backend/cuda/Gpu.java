// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.DeviceException;
import dev.unerring.ffi.CudaDevice;
import dev.unerring.ffi.CudaDriver;
import dev.unerring.ffi.CudaLibraries;
import dev.unerring.ffi.CudaRuntime;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.ffi.NativeCallException;
import dev.unerring.ffi.NativeHandle;
import dev.unerring.tensor.Buffer;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The first GPU with one stream, on which everything happens in the order of the calls, and the
 * memory that is allocated here. Used by one thread at a time; closing it frees everything.
 *
 * <p>Addresses of buffers are the device's: only the device reads and writes through them.
 */
final class Gpu implements AutoCloseable {
  private static final int FIRST = 0;
  private static final double MIB = 0x1p20;

  private final CudaLibraries libraries;
  private final CudaDevice device;
  private final CudaRuntime runtime;
  private final CudaDriver driver;
  private final Handles handles = new Handles();
  private final Staging staging;
  private final MemorySegment stream;
  private Thread entered;
  private boolean recording;
  private long moves;
  private boolean closed;

  private Gpu(CudaStatus status) {
    libraries = status.require();
    device = status.devices().getFirst();
    runtime = libraries.runtime().orElseThrow();
    driver = libraries.driver().orElseThrow();
    try {
      enter();
      stream =
          own(new NativeHandle(
                  runtime.cudaStreamCreateWithFlags(CudaRuntime.cudaStreamNonBlocking),
                  runtime::cudaStreamDestroy))
              .address();
      staging = new Staging(runtime, stream, handles);
    } catch (RuntimeException | Error e) {
      closeAfter(e);
      throw e;
    }
  }

  /**
   * Opens the first GPU.
   *
   * @param status what was found on this machine
   * @throws DeviceException with the doctor's sentence where no GPU can be used
   */
  static Gpu open(CudaStatus status) {
    return new Gpu(status);
  }

  /** What the driver says about it. */
  CudaDevice device() {
    return device;
  }

  /** GPU, driver and libraries, for records. */
  Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("gpu", device.name());
    facts.put("computeCapability", device.major() + "." + device.minor());
    facts.put("multiprocessors", (long) device.multiprocessors());
    facts.put("gpuMemoryBytes", device.memoryBytes());
    facts.put("cudaDriver", driver.version());
    facts.put("cudaRuntime", runtime.version());
    return facts;
  }

  /** All libraries that were found. */
  CudaLibraries libraries() {
    return libraries;
  }

  /** Memory, events, graphs. */
  CudaRuntime runtime() {
    return runtime;
  }

  /** Modules and launches. */
  CudaDriver driver() {
    return driver;
  }

  /** The stream, to pass to C functions. */
  MemorySegment stream() {
    return stream;
  }

  /** Makes the GPU the current one of the calling thread; every operation begins with it. */
  void enter() {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
    }
    if (entered != Thread.currentThread()) {
      runtime.cudaSetDevice(FIRST);
      entered = Thread.currentThread();
    }
  }

  /** Whether operations are recorded now, and so nothing may wait, allocate or look at results. */
  boolean recording() {
    return recording;
  }

  void recording(boolean begun) {
    recording = begun;
  }

  /** How often working memory has moved: what was recorded before is about other memory. */
  long moves() {
    return moves;
  }

  void moved() {
    moves++;
  }

  /** Takes over a handle: it is given back when the GPU is closed, the last one first. */
  NativeHandle own(NativeHandle handle) {
    return handles.add(handle);
  }

  /**
   * Gives a handle of {@link #own} back before the GPU is closed, after all that was begun with it.
   */
  void free(NativeHandle handle) {
    handles.remove(handle);
    try (handle) {
      synchronize();
    }
  }

  /** Memory of {@code words} 32-bit words, all zero, that lives as long as the GPU is open. */
  Buffer allocate(long words) {
    long bytes = bytes(words);
    Buffer buffer = new Buffer(own(memory(bytes)).memory(bytes).asSlice(0, words * Float.BYTES));
    clear(buffer);
    return buffer;
  }

  /** Sets every word to zero. */
  void clear(Buffer buffer) {
    enter();
    runtime.cudaMemsetAsync(buffer.memory(), 0, buffer.memory().byteSize(), stream);
  }

  /**
   * Memory with an owner of its own, its content undefined.
   *
   * @throws DeviceException where there is not enough: what was asked for, and what is free
   */
  NativeHandle memory(long bytes) {
    enter();
    try {
      return new NativeHandle(runtime.cudaMalloc(bytes), runtime::cudaFree);
    } catch (NativeCallException e) {
      if (e.status() != CudaRuntime.cudaErrorMemoryAllocation) {
        throw e;
      }
      CudaRuntime.Memory memory = runtime.cudaMemGetInfo();
      throw new DeviceException(
          String.format(
              Locale.ROOT,
              "not enough memory on the GPU: %.1f MiB asked for, %.1f of %.1f MiB free; use a"
                  + " smaller --batch-size, or end other programs on this GPU (nvidia-smi lists"
                  + " them)",
              bytes / MIB,
              memory.free() / MIB,
              memory.total() / MIB),
          e);
    }
  }

  /** Bytes of the GPU's memory that are free now. */
  long freeMemory() {
    enter();
    return runtime.cudaMemGetInfo().free();
  }

  /** Copies host memory to the start of a buffer; the host memory may be changed at once. */
  void upload(MemorySegment source, Buffer target) {
    enter();
    staging.upload(source, target.memory());
  }

  /** Waits for the stream, and copies the start of a buffer to host memory. */
  void download(Buffer source, MemorySegment target) {
    enter();
    staging.download(source.memory(), target);
  }

  /** Waits until all that was begun is done; raises what has failed meanwhile. */
  void synchronize() {
    enter();
    runtime.cudaStreamSynchronize(stream);
  }

  /** Bytes of so many words; at least one word, because no memory has an address of its own. */
  static long bytes(long words) {
    return Math.multiplyExact(Math.max(1, words), (long) Float.BYTES);
  }

  /** Gives everything back after a failure, which keeps what fails meanwhile. */
  void closeAfter(Throwable failure) {
    try {
      handles.close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      enter();
      runtime.cudaStreamSynchronize(stream);
    } catch (RuntimeException | Error e) {
      closed = true;
      closeAfter(e);
      throw e;
    }
    closed = true;
    handles.close();
  }
}
