package dev.unerring.run;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.base.Sha256;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

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
    json.put("unerring", request.version());
    json.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
    json.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    json.put("processor", System.getProperty("os.arch"));
    json.put("processors", (long) Runtime.getRuntime().availableProcessors());
    json.putAll(device());
    if (backend instanceof CpuBackend cpu) {
      json.put("library", cpu.libraryPath());
      json.put("librarySha256", Sha256.hexOfFile(Path.of(cpu.libraryPath())));
    }
    json.put("data", request.data().toAbsolutePath().toString());
    json.put("out", out.toAbsolutePath().toString());
    return json;
  }

  /** Device, arithmetic and threads, as they stand in result.json too. */
  Map<String, Object> device() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("device", backend.name());
    json.put("kernels", backend instanceof CpuBackend cpu ? cpu.kernelSet() : "java");
    json.put("arithmetic", "ordered");
    json.put("threads", (long) (backend instanceof CpuBackend ? request.device().threads() : 1));
    return json;
  }
}
