// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.DeviceException;
import dev.unerring.backend.HeldImages;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The images that the GPU holds, by the object that gave them: another data set may lie at the same
 * address later. Images of a data set that is closed or collected are freed by the next call.
 */
final class DeviceImages {
  private final Gpu gpu;
  private final Kernels kernels;
  private final List<Held> all = new ArrayList<>();

  /** Images of one piece of host memory; none where they did not fit. */
  private record Held(
      WeakReference<MemorySegment> of, int imageBytes, Optional<CudaImages> images) {
    boolean is(MemorySegment memory, int bytes) {
      return of.refersTo(memory) && imageBytes == bytes;
    }

    boolean gone() {
      MemorySegment memory = of.get();
      return memory == null || !memory.scope().isAlive();
    }
  }

  DeviceImages(Gpu gpu, Kernels kernels) {
    this.gpu = gpu;
    this.kernels = kernels;
  }

  /** See {@link dev.unerring.backend.Backend#hold}. */
  Optional<HeldImages> of(MemorySegment memory, int imageBytes) {
    freeWhatIsGone();
    for (Held held : all) {
      if (held.is(memory, imageBytes)) {
        return held.images().map(images -> images);
      }
    }
    Held held = new Held(new WeakReference<>(memory), imageBytes, copy(memory, imageBytes));
    all.add(held);
    return held.images().map(images -> images);
  }

  private Optional<CudaImages> copy(MemorySegment memory, int imageBytes) {
    if (memory.byteSize() > gpu.freeMemory() / 2) {
      return Optional.empty();
    }
    try {
      return Optional.of(new CudaImages(gpu, kernels, memory, imageBytes));
    } catch (DeviceException e) {
      return Optional.empty(); // another program took the memory meanwhile
    }
  }

  private void freeWhatIsGone() {
    boolean freed = false;
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).gone()) {
        all.remove(i).images().ifPresent(CudaImages::close);
        freed = true;
      }
    }
    if (freed) {
      all.removeIf(held -> held.images().isEmpty()); // they may fit now
    }
  }
}
