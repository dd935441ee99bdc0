// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.backend.Arithmetic;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.backend.cuda.CudaBackend;
import dev.unerring.base.EngineVersion;
import dev.unerring.base.Fma;
import dev.unerring.ffi.KernelSet;
import dev.unerring.report.Machine;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What may differ between two runs with the same bits: environment.json.
 *
 * @param request the run
 * @param out folder of the results
 * @param backend what it computes on
 */
record Environment(RunRequest request, Path out, Backend backend) {

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("unerring", EngineVersion.number());
    json.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    json.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    json.put("processor", System.getProperty("os.arch"));
    json.put("processors", (long) Runtime.getRuntime().availableProcessors());
    json.putAll(machine().toJson());
    if (backend instanceof CpuBackend cpu) {
      json.put("library", cpu.libraryPath());
      json.put("librarySha256", cpu.librarySha256());
    }
    json.put("data", request.data().toAbsolutePath().toString());
    json.put("out", out.toAbsolutePath().toString());
    return json;
  }

  /** Device, arithmetic and threads, as they stand in result.json too. */
  Machine machine() {
    return new Machine(
        backend.name(),
        kernels(),
        request.plan().arithmetic().label(),
        request.plan().arithmetic().precision(),
        backend instanceof CpuBackend ? request.device().threads() : 1,
        backend instanceof CudaBackend cuda ? cuda.facts() : Map.of());
  }

  /** The kernels and what they run on, for a reader. */
  String where() {
    if (!(backend instanceof CudaBackend cuda)) {
      int threads = machine().threads();
      return kernels() + ", " + threads + (threads == 1 ? " thread" : " threads");
    }
    Map<String, Object> facts = cuda.facts();
    return facts.get("gpu")
        + ", compute capability "
        + facts.get("computeCapability")
        + ", "
        + facts.get("multiprocessors")
        + " SMs, CUDA "
        + facts.get("cudaRuntime")
        + training();
  }

  /** Why computing is slow here and what helps; empty where it is not. */
  Optional<String> slowness() {
    return backend instanceof CpuBackend cpu
        ? Processor.ofThisMachine().slowness(KernelSet.parse(cpu.kernelSet()), Fma.emulated())
        : Optional.empty();
  }

  private String training() {
    Arithmetic arithmetic = request.plan().arithmetic();
    return arithmetic == Arithmetic.ORDERED
        ? ""
        : "; training by cuDNN in " + arithmetic.precision() + ", all else ordered";
  }

  private String kernels() {
    return switch (backend) {
      case CpuBackend cpu -> cpu.kernelSet();
      case CudaBackend cuda -> cuda.kernels();
      default -> "java";
    };
  }
}
