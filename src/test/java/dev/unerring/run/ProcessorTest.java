// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unerring.ffi.KernelSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a processor lacks is said in one line that says what to do. */
final class ProcessorTest {
  private static final Processor WIDE = new Processor("wide", List.of("avx2", "fma", "avx512f"));

  @Test
  void aVirtualMachineWithAGenericProcessorIsToldSo(@TempDir Path folder) throws IOException {
    Path cpuinfo =
        Files.writeString(
            folder.resolve("cpuinfo"),
            "processor\t: 0\nmodel name\t: QEMU Virtual CPU version 2.5+\nflags\t\t: fpu sse2 cx16\n");
    Processor generic = Processor.of(cpuinfo);
    assertEquals("QEMU Virtual CPU version 2.5+", generic.name());
    for (boolean emulated : new boolean[] {true, false}) {
      String line = generic.slowness(KernelSet.PORTABLE, emulated).orElseThrow();
      assertTrue(line.startsWith("AVX2 and FMA are missing here"), line);
      assertTrue(line.contains("-cpu host"), line);
    }
  }

  @Test
  void whereTheInstructionsAreSwitchedOffItIsSaidToo() {
    assertTrue(
        WIDE.slowness(KernelSet.PORTABLE, true)
            .orElseThrow()
            .contains("pass the host's processor"));
    assertTrue(WIDE.slowness(KernelSet.AVX512, true).orElseThrow().contains("-XX:-UseFMA"));
  }

  @Test
  void portableKernelsOnABetterProcessorAreToBeLeftOut() {
    String line = WIDE.slowness(KernelSet.PORTABLE, false).orElseThrow();
    assertTrue(line.startsWith("--kernels portable is") && line.endsWith("leave it out"), line);
  }

  @Test
  void nothingIsSaidWhereNothingIsSlow() {
    assertEquals(Optional.empty(), WIDE.slowness(KernelSet.AVX512, false));
    assertEquals(Optional.empty(), WIDE.slowness(KernelSet.AVX2, false));
    Processor arm = new Processor("arm", List.of("asimd"));
    assertEquals(Optional.empty(), arm.slowness(KernelSet.NEON, false));
  }
}
