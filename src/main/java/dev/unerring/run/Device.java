// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.UsageException;
import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.ReferenceBackend;
import dev.unerring.backend.cuda.CudaBackend;
import dev.unerring.backend.cuda.CudnnBackend;
import dev.unerring.base.Notices;
import dev.unerring.ffi.CudaStatus;
import dev.unerring.ffi.KernelSet;
import dev.unerring.ffi.NativeLibrary;
import java.util.List;

/**
 * Where a run computes. It changes speed, never bits, so it stands in environment.json and not in
 * the plan. NVIDIA's libraries are looked for when they are first needed, and once.
 */
public final class Device {
  /** Values of {@code --device}. */
  public static final List<String> NAMES = List.of("auto", "cpu", "cuda", "reference");

  private static final int MOST_THREADS = 1024;

  private final String name;
  private final String kernels;
  private final int threads;
  private CudaStatus status;
  private CudaStatus ordered;

  /**
   * Checks the values.
   *
   * @param name auto, cpu, cuda or reference; auto is the GPU where one can be used, otherwise the
   *     processor
   * @param kernels auto, avx512, avx2, neon or portable: the processor's; with device auto a set
   *     that is named asks for the processor
   * @param threads number of threads
   */
  public Device(String name, String kernels, int threads) {
    if (!NAMES.contains(name)) {
      throw new UsageException(
          "device", "--device is auto, cpu, cuda or reference, not '" + name + "'");
    }
    if (!kernels.equals("auto")) {
      KernelSet.parse(kernels);
      if (name.equals("cuda") || name.equals("reference")) {
        throw new UsageException(
            "--kernels names kernels of the processor; leave it out with --device " + name);
      }
    }
    if (threads < 1 || threads > MOST_THREADS) {
      throw new UsageException("threads", "--threads is 1 to " + MOST_THREADS + ", not " + threads);
    }
    this.name = name;
    this.kernels = kernels;
    this.threads = threads;
  }

  /** One thread of the processor: with its kernels, or the definition where there are none. */
  public static Device oneThread() {
    return new Device(CpuBackend.carried() ? "cpu" : "reference", "auto", 1);
  }

  /** What was asked for: auto, cpu, cuda or reference. */
  public String name() {
    return name;
  }

  /** Threads of the processor. */
  public int threads() {
    return threads;
  }

  /**
   * Begins to bind the kernels on a thread of its own, which takes as long as reading a small set;
   * what goes wrong there is said by {@link #open}.
   */
  public void prepare() {
    if (name.equals("cpu") || name.equals("auto")) {
      Thread.ofPlatform()
          .daemon()
          .name("unerring-prepare")
          .uncaughtExceptionHandler((thread, failure) -> {}) // open meets it again and says it
          .start(() -> CpuBackend.prepare(kernels));
    }
  }

  /**
   * A backend there whose bits are those of docs/arithmetic.md; the caller closes it. No silent
   * fall-back: what cannot be had is a {@link dev.unerring.DeviceException}. Where the program has
   * no kernels for this platform, auto is the definition, and a notice says so once.
   */
  public Backend open() {
    return switch (name) {
      case "reference" -> new ReferenceBackend();
      case "cuda" -> CudaBackend.open(ordered());
      case "auto" ->
          kernels.equals("auto") && ordered().usable() ? CudaBackend.open(ordered()) : cpu();
      default -> cpu();
    };
  }

  /**
   * A backend for training in the arithmetic of a plan; the caller closes it.
   *
   * @throws UsageException where the device that was asked for has none
   */
  Backend openFor(Arithmetic arithmetic) {
    if (arithmetic == Arithmetic.ORDERED) {
      return open();
    }
    if (arithmetic == Arithmetic.INTEGER) {
      return openForIntegers();
    }
    if (!name.equals("cuda") && !name.equals("auto")) {
      throw new UsageException(
          "--arithmetic cudnn needs an NVIDIA GPU; on --device " + name + " it is ordered");
    }
    return CudnnBackend.open(status(), arithmetic);
  }

  /** There are no integer kernels of the GPU: auto is the processor. */
  private Backend openForIntegers() {
    if (name.equals("cuda")) {
      throw new UsageException(
          "--arithmetic integer has no kernels for a GPU yet; use --device cpu");
    }
    return name.equals("auto") ? cpu() : open();
  }

  private Backend cpu() {
    if (name.equals("auto") && kernels.equals("auto") && !CpuBackend.carried()) {
      String platform = NativeLibrary.platform();
      Notices.once(
          "kernels for " + platform,
          "this program has no kernels for "
              + platform
              + "; it computes by the definition: the same bits, but much slower (build it on this"
              + " platform to have them)");
      return new ReferenceBackend();
    }
    return CpuBackend.open(kernels, threads);
  }

  private CudaStatus ordered() {
    if (ordered == null) {
      ordered = CudaStatus.forOrderedArithmetic();
    }
    return ordered;
  }

  private CudaStatus status() {
    if (status == null) {
      status = CudaStatus.ofThisMachine();
    }
    return status;
  }
}
