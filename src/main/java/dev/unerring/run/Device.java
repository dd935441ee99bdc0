package dev.unerring.run;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.base.UsageException;
import dev.unerring.ffi.KernelSet;

/**
 * Where a run computes. It changes speed, never bits, so it stands in environment.json and not in
 * the plan.
 *
 * @param name auto, cpu or reference; auto is cpu
 * @param kernels auto, avx512, avx2, neon or portable
 * @param threads number of threads
 */
public record Device(String name, String kernels, int threads) {
  private static final int MOST_THREADS = 1024;

  /** Checks the values. */
  public Device {
    if (!name.equals("auto") && !name.equals("cpu") && !name.equals("reference")) {
      throw new UsageException("--device is auto, cpu or reference, not '" + name + "'");
    }
    if (!kernels.equals("auto")) {
      KernelSet.parse(kernels);
    }
    if (threads < 1 || threads > MOST_THREADS) {
      throw new UsageException("--threads is 1 to " + MOST_THREADS + ", not " + threads);
    }
  }

  /**
   * Begins to bind the kernels on a thread of its own, which takes as long as reading a small set;
   * what goes wrong there is said by {@link #open}.
   */
  public void prepare() {
    if (!name.equals("reference")) {
      Thread.ofPlatform()
          .daemon()
          .name("unerring-prepare")
          .start(() -> CpuBackend.prepare(kernels));
    }
  }

  /** A backend there; the caller closes it. No silent fall-back: what cannot be had is an error. */
  public Backend open() {
    return name.equals("reference") ? new ReferenceBackend() : CpuBackend.open(kernels, threads);
  }
}
