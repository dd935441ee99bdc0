// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import dev.unerring.ffi.CudaStatus;
import org.junit.jupiter.api.Assumptions;

/** The GPU of this machine, for tests that need a real one. */
public final class RealGpu {
  private static CudaStatus status;

  private RealGpu() {}

  /** What a look at this machine found; a test is skipped with its sentence where no GPU works. */
  public static CudaStatus required() {
    if (status == null) {
      status = CudaStatus.ofThisMachine();
    }
    Assumptions.assumeTrue(status.usable(), "SKIPPED, needs a GPU: " + status.sentence());
    return status;
  }
}
