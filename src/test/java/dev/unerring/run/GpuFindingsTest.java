// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.base.Json;
import dev.unerring.ffi.StubCuda;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of libraries and GPUs: where they are, where they are not, and the verdict. */
class GpuFindingsTest {
  @Test
  void aGpuThatWorksIsDescribed(@TempDir Path folder) throws Exception {
    List<String> lines = new GpuFindings(StubCuda.build(folder).status(), "exact").lines();
    assertEquals("cuda       driver 13.0: " + folder.resolve("libcuda.so.1"), lines.getFirst());
    assertTrue(lines.contains("cuda       cuDNN 9.24.0: " + folder.resolve("libcudnn.so.9")));
    assertTrue(
        lines.contains("gpu        0: Stub GPU, compute capability 9.9, 9 SMs, 8.0 GiB, ECC on"));
    String kernels = lines.get(lines.size() - 2);
    assertTrue(kernels.startsWith("kernels    GPU: exact; this build carries "), kernels);
    assertTrue(lines.getLast().startsWith("verdict    GPU: usable: Stub GPU with driver"));
  }

  @Test
  void whatIsMissingIsNamedWithThePlaces(@TempDir Path folder) throws Exception {
    StubCuda stub = StubCuda.build(folder);
    stub.remove("libcublas.so.13");
    stub.remove("libcudnn.so.9");
    GpuFindings findings = new GpuFindings(stub.status(), "not tried");
    List<String> lines = findings.lines();
    assertTrue(lines.contains("cuda       cuDNN: no libcudnn.so.9"), lines::toString);
    assertTrue(
        lines.contains("searched   for libcublas.so.13, libcudnn.so.9 in " + folder),
        lines::toString);
    Map<?, ?> json = (Map<?, ?>) Json.parse(Json.canonical(findings.toJson()));
    assertEquals("LIBRARIES_MISSING", json.get("situation"));
    Map<?, ?> cudnn = (Map<?, ?>) ((List<?>) json.get("libraries")).getLast();
    assertEquals(List.of(folder.resolve("libcudnn.so.9").toString()), cudnn.get("absent"));
  }
}
