// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import dev.unerring.run.Device;
import picocli.CommandLine.Option;

/** Where a verb computes. Changes no bit. */
final class DeviceOptions {
  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Number of threads; default: all processors. Changes no bit.")
  private Integer threads;

  @Option(
      names = "--device",
      completionCandidates = Choices.Devices.class,
      defaultValue = "auto",
      description =
          "auto (the GPU where one can be used, otherwise the processor), cpu, cuda, or reference (the"
              + " slow definition in Java). Changes no bit.")
  private String device;

  @Option(
      names = "--kernels",
      completionCandidates = Choices.Kernels.class,
      defaultValue = "auto",
      description = "auto, avx512, avx2, neon or portable; of the processor. Changes no bit.")
  private String kernels;

  DeviceOptions() {}

  /** The processor, or the definition where that is meant. */
  Device onProcessor() {
    boolean definition = device.equals("reference");
    int count = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    return new Device(definition ? device : "cpu", kernels, count);
  }

  /** The device that is meant; UsageException where a value is none. */
  Device device() {
    return new Device(device, kernels, threads());
  }

  /** The same with one thread. */
  Device single() {
    return new Device(device, kernels, 1);
  }

  /** Number of threads that is meant. */
  int threads() {
    return threads == null ? Runtime.getRuntime().availableProcessors() : threads;
  }
}
