// SPDX-License-Identifier: Apache-2.0
package dev.unerring.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.ffi.StubCuda;
import dev.unerring.suite.TestBackends;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says as JSON, on a machine with look-alikes of NVIDIA's libraries. */
class DoctorCommandTest {
  private static final String PROPERTY = "unerring.cuda.path";

  @TempDir private Path folder;
  private String before;

  @BeforeEach
  void remember() {
    before = System.getProperty(PROPERTY);
  }

  @AfterEach
  void restore() {
    if (before == null) {
      System.clearProperty(PROPERTY);
    } else {
      System.setProperty(PROPERTY, before);
    }
  }

  @Test
  void theJsonHoldsMachineKernelsAndGpu() throws Exception {
    StubCuda stub = StubCuda.build(folder);
    System.setProperty(PROPERTY, stub.folder().toString());
    CommandRun run = CommandRun.of("doctor", "--json");
    assertEquals(TestBackends.kernels() ? 0 : 6, run.code(), run.out());
    Map<?, ?> json = (Map<?, ?>) Json.parse(run.out());
    assertEquals(TestBackends.kernels(), json.get("usable"));
    assertTrue((long) json.get("memoryBytes") > 0);
    assertTrue(((Map<?, ?>) json.get("kernels")).containsKey("tried"));
    Map<?, ?> gpu = (Map<?, ?>) json.get("gpu");
    assertEquals(true, gpu.get("usable"));
    // The look-alike does not carry kernels out, and that is noticed.
    assertTrue(gpu.get("kernels").toString().startsWith("WRONG BITS, "), run.out());
    assertTrue((long) gpu.get("compiledKernelBytes") >= 0);
    assertTrue(gpu.get("verdict").toString().startsWith("usable: Stub GPU"));
    assertEquals(
        "9.9", ((Map<?, ?>) ((List<?>) gpu.get("devices")).getFirst()).get("computeCapability"));
  }
}
