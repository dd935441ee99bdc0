// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend;

import dev.unerring.ffi.CallRecorder;
import dev.unerring.ffi.CpuKernels;
import dev.unerring.ffi.KernelSet;

/** A CPU backend on one thread whose kernel calls are written down. */
public final class RecordedBackend {
  private RecordedBackend() {}

  /** On the portable kernels. */
  public static Backend open(CallRecorder recorder) {
    return new CpuBackend(new CpuKernels(recorder, KernelSet.PORTABLE), 1);
  }
}
