// SPDX-License-Identifier: Apache-2.0
package dev.unerring.report;

import static dev.unerring.base.JsonForm.INTEGER;
import static dev.unerring.base.JsonForm.TEXT;

import dev.unerring.base.JsonForm;
import java.util.List;
import java.util.Map;

/**
 * Where a run was computed.
 *
 * @param device name of the backend
 * @param kernels kernel set, or where the GPU's kernels came from
 * @param arithmetic of training
 * @param precision of the products of training
 * @param threads of the CPU
 * @param gpu facts of the GPU and its libraries; empty for a CPU
 */
public record Machine(
    String device,
    String kernels,
    String arithmetic,
    String precision,
    int threads,
    Map<String, Object> gpu) {
  private static final List<String> GPU =
      List.of(
          "gpu",
          "computeCapability",
          "multiprocessors",
          "gpuMemoryBytes",
          "cudaDriver",
          "cudaRuntime",
          "cublas",
          "cudnn",
          "cudnnForward",
          "cudnnBackwardData",
          "cudnnBackwardFilter",
          "cudnnRefused");

  /** The keys of environment.json and result.json. */
  public Map<String, Object> toJson() {
    return JsonForm.write(Machine::form, this);
  }

  static Machine form(JsonForm f, Machine v) {
    return new Machine(
        f.value("device", TEXT, () -> v.device),
        f.value("kernels", TEXT, () -> v.kernels),
        f.value("arithmetic", TEXT, () -> v.arithmetic),
        f.value("precision", TEXT, () -> v.precision),
        f.value("threads", INTEGER, () -> v.threads),
        f.values(GPU, () -> v.gpu));
  }
}
