// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import ai.djl.engine.Engine;
import dev.unerring.ffi.CudaLibraries;
import dev.unerring.ffi.CudaLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import jcuda.runtime.JCuda;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.openblas.global.openblas;

/** Which of the other libraries can be measured here; each that cannot is recorded with why. */
final class Peers {
  private static final int REASON = 60;

  private final Results results;

  Peers(Results results) {
    this.results = results;
  }

  boolean oneDnn() {
    return usable("onednn", () -> dnnl.dnnl_version().major());
  }

  boolean openBlas() {
    return usable("openblas", openblas::blas_get_num_threads);
  }

  boolean djl() {
    return usable("djl", () -> Engine.getEngine("PyTorch").getVersion());
  }

  boolean jcuda() {
    return usable("jcuda", () -> JCuda.cudaRuntimeGetVersion(new int[1]));
  }

  boolean cudaRuntime() {
    if (CudaLibraries.load().found().get(CudaLibrary.CUDART).library() == null) {
      results.missing(
          "calls into the CUDA runtime",
          "there is no libcudart; UNERRING_CUDA_PATH names its folder");
      return false;
    }
    return true;
  }

  /** Whether {@code PYTHON=} names an interpreter that has torch. */
  boolean torch() {
    String python = Settings.python();
    if (python.isEmpty()) {
      results.missing("pytorch", "PYTHON= names no interpreter");
      return false;
    }
    try {
      Process process =
          new ProcessBuilder(python, "-c", "import torch; print(torch.__version__)")
              .redirectErrorStream(true)
              .start();
      byte[] text = process.getInputStream().readAllBytes();
      if (process.waitFor() == 0) {
        return true;
      }
      String said = new String(text, StandardCharsets.UTF_8).strip();
      results.missing("pytorch", said.substring(said.lastIndexOf('\n') + 1));
    } catch (IOException | InterruptedException e) {
      results.missing("pytorch", "the interpreter that PYTHON= names does not start");
    }
    return false;
  }

  private boolean usable(String peer, Callable<?> probe) {
    Path note = Settings.work().resolveSibling("natives").resolve(peer + ".missing");
    try {
      if (Files.exists(note)) {
        results.missing(peer, Files.readString(note).strip());
        return false;
      }
      probe.call();
      return true;
    } catch (Exception | LinkageError e) {
      results.missing(peer, "it does not load: " + firstWords(e));
      return false;
    }
  }

  private static String firstWords(Throwable e) {
    String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return text.length() <= REASON ? text : text.substring(0, REASON) + "...";
  }
}
