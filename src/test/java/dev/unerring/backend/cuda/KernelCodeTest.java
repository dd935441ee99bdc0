// SPDX-License-Identifier: Apache-2.0
package dev.unerring.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.ffi.CudaLibraries;
import dev.unerring.ffi.Nvrtc;
import dev.unerring.ffi.StubCuda;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What NVIDIA's compilers make of the kernels: no approximate, flushing or contracted instruction,
 * and machine code for every GPU. Where a compiler is absent its test says so.
 */
class KernelCodeTest {
  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(");
  private static final Pattern KERNEL =
      Pattern.compile(
          "(?:KERNEL\\([^,]+, \\d+, |^PRODUCT\\(|^WEIGHT\\()(\\w+),", Pattern.MULTILINE);

  /** Kernels whose definition has no fma: one there would be a contraction. */
  private static final Set<String> WITHOUT_FMA =
      Set.of(
          "add",
          "average_pool_backward",
          "average_pool_forward",
          "batch_norm_backward_frozen",
          "channel_sums",
          "count_non_finite",
          "fill",
          "max_pool_backward",
          "max_pool_forward",
          "reduce_tree",
          "relu_backward",
          "relu_forward",
          "turn_weights",
          "weight_samples");

  /** What is wrong with one line of PTX; empty where nothing is. */
  private static String violation(String line) {
    String instruction = line.strip().replaceFirst("^@!?%p\\d+\\s+", "").split("[\\s;]")[0];
    boolean real = instruction.matches(".*\\.(f16|f32|f64)(\\..*|x2)?$");
    if (instruction.contains(".ftz") || instruction.contains(".approx")) {
      return instruction;
    }
    if (instruction.matches("(ex2|lg2|sin|cos|tanh|rsqrt|div\\.full|mad)\\..*") && real) {
      return instruction;
    }
    if (instruction.matches("(atom|red)\\..*") && real) {
      return instruction;
    }
    boolean rounds = instruction.matches("(add|sub|mul|fma|div|sqrt|rcp)\\..*") && real;
    return rounds && !instruction.contains(".rn.") ? instruction : "";
  }

  private static Map<String, List<String>> kernels(String ptx) {
    Map<String, List<String>> kernels = new LinkedHashMap<>();
    List<String> body = new ArrayList<>();
    for (String line : ptx.lines().toList()) {
      Matcher entry = ENTRY.matcher(line);
      if (entry.find()) {
        body = new ArrayList<>();
        kernels.put(entry.group(1), body);
      }
      body.add(line);
    }
    return kernels;
  }

  @Test
  void theCheckFindsWhatItForbids() {
    for (String line :
        List.of(
            "\tadd.f32 \t%f1, %f2, %f3;",
            "  mul.ftz.f32 %f1, %f2, %f3;",
            "@%p1 fma.rn.ftz.f32 %f1, %f2, %f3, %f4;",
            "div.approx.f32 %f1, %f2, %f3;",
            "div.full.f32 %f1, %f2, %f3;",
            "ex2.approx.ftz.f32 %f1, %f2;",
            "sqrt.approx.f32 %f1, %f2;",
            "mad.f32 %f1, %f2, %f3, %f4;",
            "atom.global.add.f32 %f1, [%rd1], %f2;",
            "red.global.add.f32 [%rd1], %f2;",
            "fma.rz.f32 %f1, %f2, %f3, %f4;")) {
      assertFalse(violation(line).isEmpty(), line);
    }
    for (String line :
        List.of(
            "add.rn.f32 %f1, %f2, %f3;",
            "@%p3 fma.rn.f32 %f1, %f2, %f3, %f4;",
            "mad.lo.s32 %r1, %r2, %r3, %r4;",
            "add.s64 %rd1, %rd2, %rd3;",
            "red.global.add.u64 [%rd1], %rd2;",
            "div.rn.f64 %fd1, %fd2, %fd3;")) {
      assertEquals("", violation(line));
    }
  }

  @Test
  void thePtxOfEveryKernelIsOrdered(@TempDir Path folder) throws Exception {
    String nvcc = nvcc();
    Set<String> expected = new TreeSet<>();
    KERNEL.matcher(KernelCode.source()).results().forEach(each -> expected.add(each.group(1)));
    assertTrue(expected.size() > 25, expected::toString);
    Path ptx = folder.resolve("kernels.ptx");
    for (String architecture : List.of("compute_75", "compute_90")) {
      String messages =
          StubCuda.run(
              nvcc,
              "-std=c++17",
              "-O3",
              "-fmad=false",
              "-prec-div=true",
              "-prec-sqrt=true",
              "-ftz=false",
              "-Inative/cpu",
              "-ptx",
              "-arch=" + architecture,
              "native/cuda/kernels.cu",
              "-o",
              ptx.toString());
      assertTrue(Files.exists(ptx), messages);
      Map<String, List<String>> kernels = kernels(Files.readString(ptx));
      assertEquals(expected, kernels.keySet());
      List<String> violations = new ArrayList<>();
      kernels.forEach((kernel, lines) -> {
        for (String line : lines) {
          String found = violation(line);
          boolean contracted = WITHOUT_FMA.contains(kernel) && line.contains("fma.rn.f");
          if (!found.isEmpty() || contracted) {
            violations.add(architecture + ", " + kernel + ": " + line.strip());
          }
        }
      });
      assertEquals(List.of(), violations);
      Files.delete(ptx);
    }
  }

  @Test
  void nvrtcCompilesTheSourceForEveryGpu() {
    String path = System.getProperty("test.cuda.path");
    Assumptions.assumeTrue(path != null, "SKIPPED, no NVRTC of NVIDIA (-Dtest.cuda.path=folder)");
    String before = System.getProperty("unerring.cuda.path");
    System.setProperty("unerring.cuda.path", path);
    try {
      Nvrtc nvrtc = CudaLibraries.load().nvrtc().orElseThrow();
      for (String architecture : List.of("sm_75", "sm_80", "sm_90", "sm_100", "sm_121")) {
        byte[] code = KernelCode.compile(nvrtc, architecture);
        assertTrue(code.length > 10_000, architecture + ": " + code.length);
      }
    } finally {
      if (before == null) {
        System.clearProperty("unerring.cuda.path");
      } else {
        System.setProperty("unerring.cuda.path", before);
      }
    }
  }

  private static String nvcc() throws InterruptedException {
    for (String candidate : List.of("nvcc", "/usr/local/cuda/bin/nvcc")) {
      try {
        if (StubCuda.run(candidate, "--version").contains("release")) {
          return candidate;
        }
      } catch (IOException e) {
        continue; // not there
      }
    }
    return Assumptions.abort("SKIPPED, no nvcc: the PTX of the kernels is not looked at");
  }
}
