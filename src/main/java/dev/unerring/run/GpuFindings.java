// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.backend.cuda.KernelCode;
import dev.unerring.ffi.CudaDevice;
import dev.unerring.ffi.CudaLibraries;
import dev.unerring.ffi.CudaLibrary;
import dev.unerring.ffi.CudaStatus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is said about NVIDIA's libraries and GPUs: in lines, and as values for JSON.
 *
 * @param kernels what a comparison of the GPU's kernels with the definition came to
 */
record GpuFindings(CudaStatus status, String kernels) {

  /** The libraries, where those that are absent were looked for, the GPUs, the verdict. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    Map<List<Path>, List<String>> absent = new LinkedHashMap<>();
    status
        .libraries()
        .found()
        .forEach((library, found) -> {
          lines.add("cuda       " + library.title() + text(found));
          found.refused().forEach(reason -> lines.add("refused    " + reason));
          if (found.library() == null) {
            List<Path> folders = found.absent().stream().map(Path::getParent).toList();
            absent.computeIfAbsent(folders, each -> new ArrayList<>()).add(found.file());
          }
        });
    absent.forEach((folders, files) ->
        lines.add("searched   for " + String.join(", ", files) + " in " + text(folders)));
    status
        .devices()
        .forEach(device -> lines.add("gpu        " + device.index() + ": " + device.text()));
    lines.add("kernels    GPU: " + kernels + "; this build carries " + carried());
    lines.add("verdict    GPU: " + status.sentence());
    return lines;
  }

  /** The same as values. */
  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("usable", status.usable());
    json.put("situation", status.situation().name());
    json.put("verdict", status.sentence());
    json.put("kernels", kernels);
    json.put(
        "compiledKernelBytes", KernelCode.compiled().map(code -> (long) code.length).orElse(0L));
    json.put("cuda", status.libraries().cuda());
    List<Object> libraries = new ArrayList<>();
    status.libraries().found().forEach((library, found) -> libraries.add(toJson(library, found)));
    json.put("libraries", libraries);
    json.put("devices", status.devices().stream().map(GpuFindings::toJson).toList());
    return json;
  }

  private static String carried() {
    return KernelCode.compiled()
        .map(code -> "compiled kernels (" + code.length / 1024 + " KiB) and their source for NVRTC")
        .orElse("the kernels' source for NVRTC only (no compiled ones in this image)");
  }

  private static String text(CudaLibraries.Found found) {
    if (found.library() == null) {
      return ": no " + found.file();
    }
    return (found.version() == null ? "" : " " + found.version()) + ": " + found.library().path();
  }

  private static String text(List<Path> folders) {
    return folders.isEmpty()
        ? "no folder: none is there"
        : folders.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  private static Map<String, Object> toJson(CudaLibrary library, CudaLibraries.Found found) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", library.title());
    json.put("file", found.file());
    json.put("path", found.library() == null ? null : found.library().path().toString());
    json.put("version", found.version());
    json.put("absent", found.absent().stream().map(Path::toString).toList());
    json.put("refused", found.refused());
    return json;
  }

  private static Map<String, Object> toJson(CudaDevice device) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("index", device.index());
    json.put("name", device.name());
    json.put("computeCapability", device.major() + "." + device.minor());
    json.put("multiprocessors", device.multiprocessors());
    json.put("memoryBytes", device.memoryBytes());
    json.put("ecc", device.ecc());
    json.put("uuid", device.uuid());
    return json;
  }
}
