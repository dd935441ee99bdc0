// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.unerring.ffi.CudaDriver;
import dev.unerring.ffi.NativeHandle;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Shape;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.IntBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The kernels of a loaded module and their launches. A launch is {@code of(kernel)}, its arguments
 * in the order of the kernel's parameters, and {@code launch}; the arguments are copied by the
 * driver, so one place in memory serves all of them.
 */
final class Kernels {
  /** Threads of a block of all kernels that do not say otherwise. */
  static final int THREADS = 256;

  /** Threads of a grid of which each one keeps its channel, at most. */
  private static final long CHANNEL_THREADS = 1 << 18;

  private static final int MOST_ARGUMENTS = 32;
  private static final long SLOT = 8;

  private final Gpu gpu;
  private final CudaDriver driver;
  private final MemorySegment module;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment slots = arena.allocate(MOST_ARGUMENTS * SLOT, SLOT);
  private final MemorySegment pointers = arena.allocate(ADDRESS, MOST_ARGUMENTS);
  private final Map<String, MemorySegment> functions = new LinkedHashMap<>();
  private final Map<IntBuffer, MemorySegment> structs = new LinkedHashMap<>();
  private MemorySegment function;
  private int arguments;

  /** Kernels of a module that the GPU owns. */
  Kernels(Gpu gpu, MemorySegment module) {
    this.gpu = gpu;
    this.driver = gpu.driver();
    this.module = module;
    gpu.own(new NativeHandle(MemorySegment.NULL, nothing -> arena.close()));
  }

  /** Begins a launch. */
  Kernels of(String kernel) {
    gpu.enter();
    MemorySegment known = functions.get(kernel);
    if (known == null) {
      known = driver.cuModuleGetFunction(module, arena.allocateFrom(kernel));
      functions.put(kernel, known);
    }
    function = known;
    arguments = 0;
    return this;
  }

  /** The next argument is the address of the memory; a null segment is a null pointer. */
  Kernels at(MemorySegment memory) {
    slots.set(JAVA_LONG, next(), memory.address());
    return this;
  }

  Kernels at(Buffer buffer) {
    return at(buffer.memory());
  }

  Kernels at(Tensor tensor) {
    return at(tensor.data());
  }

  /** The next argument is an {@code int}. */
  Kernels number(int value) {
    slots.set(JAVA_INT, next(), value);
    return this;
  }

  /** The next argument is a {@code long long}. */
  Kernels count(long value) {
    slots.set(JAVA_LONG, next(), value);
    return this;
  }

  /** The next argument is a {@code float}. */
  Kernels real(float value) {
    slots.set(JAVA_FLOAT, next(), value);
    return this;
  }

  /** The next argument is a struct of these {@code int}s; equal ones share their memory. */
  Kernels words(int... values) {
    MemorySegment struct =
        structs.computeIfAbsent(
            IntBuffer.wrap(values), key -> arena.allocateFrom(JAVA_INT, values));
    pointers.setAtIndex(JAVA_LONG, arguments++, struct.address());
    return this;
  }

  /** Where the next argument's value goes. */
  private long next() {
    long slot = SLOT * arguments;
    pointers.setAtIndex(JAVA_LONG, arguments++, slots.address() + slot);
    return slot;
  }

  /** One thread an item, at most so many blocks that each thread has several items. */
  void launch(long items) {
    launch(Math.min(Math.ceilDiv(items, THREADS), 1 << 16), 1, 1, THREADS, 1);
  }

  /**
   * Ends the arguments with the channels, the distance of a thread's items and the elements, and
   * starts a grid whose threads keep their channel.
   */
  void launchByChannel(Shape s) {
    long stride = Math.ceilDiv(Math.min(s.elements(), CHANNEL_THREADS), s.c()) * s.c();
    number(s.c()).count(stride).count(s.elements());
    launch(Math.ceilDiv(stride, THREADS), 1, 1, THREADS, 1);
  }

  /** Starts the grid of blocks of x times y threads. */
  void launch(long gridX, long gridY, long gridZ, int threadsX, int threadsY) {
    driver.cuLaunchKernel(
        function,
        Math.toIntExact(gridX),
        Math.toIntExact(gridY),
        Math.toIntExact(gridZ),
        threadsX,
        threadsY,
        1,
        0,
        gpu.stream(),
        pointers,
        MemorySegment.NULL);
  }
}
