package dev.unerring.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.unerring.ffi.CudaDriver;
import dev.unerring.tensor.Buffer;
import dev.unerring.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The kernels of a loaded module and their launches. A launch is {@code of(kernel)}, its arguments
 * in the order of the kernel's parameters, and {@code launch}; the arguments are copied by the
 * driver, so one place in memory serves all of them.
 */
final class Kernels implements AutoCloseable {
  /** Threads of a block of all kernels that do not say otherwise. */
  static final int THREADS = 256;

  private static final int MOST_ARGUMENTS = 32;
  private static final long SLOT = 8;

  private final CudaDriver driver;
  private final MemorySegment stream;
  private final MemorySegment module;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment slots = arena.allocate(MOST_ARGUMENTS * SLOT, SLOT);
  private final MemorySegment pointers = arena.allocate(ADDRESS, MOST_ARGUMENTS);
  private final Map<String, MemorySegment> functions = new LinkedHashMap<>();
  private MemorySegment function;
  private int arguments;

  /** Kernels of a module that the GPU owns. */
  Kernels(Gpu gpu, MemorySegment module) {
    this.driver = gpu.driver();
    this.stream = gpu.stream();
    this.module = module;
    for (int i = 0; i < MOST_ARGUMENTS; i++) {
      pointers.setAtIndex(ADDRESS, i, slots.asSlice(i * SLOT));
    }
  }

  /** Begins a launch. */
  Kernels of(String kernel) {
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
    slots.set(JAVA_LONG, SLOT * arguments++, memory.address());
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
    slots.set(JAVA_INT, SLOT * arguments++, value);
    return this;
  }

  /** The next argument is a {@code long long}. */
  Kernels count(long value) {
    slots.set(JAVA_LONG, SLOT * arguments++, value);
    return this;
  }

  /** The next argument is a {@code float}. */
  Kernels real(float value) {
    slots.set(JAVA_FLOAT, SLOT * arguments++, value);
    return this;
  }

  /** One thread an item, at most so many blocks that each thread has several items. */
  void launch(long items) {
    launch(Math.min(Math.ceilDiv(items, THREADS), 1 << 16), 1, 1, THREADS, 1);
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
        stream,
        pointers,
        MemorySegment.NULL);
  }

  @Override
  public void close() {
    arena.close();
  }
}
