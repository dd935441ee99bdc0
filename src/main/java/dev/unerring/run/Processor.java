// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import dev.unerring.base.Fma;
import dev.unerring.ffi.KernelSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The processor, as Linux describes it.
 *
 * @param name the maker's name; "unknown" where the system does not say it
 * @param instructionSets those that the kernels are made for, as far as the processor has them
 */
record Processor(String name, List<String> instructionSets) {
  private static final List<String> SETS =
      List.of("avx2", "fma", "avx512f", "avx512vl", "avx512dq", "avx512bw", "asimd");

  private static final List<String> WIDE = List.of("avx2", "fma");
  private static final String FACTOR = "about 50 times slower";
  private static final String PASS_THROUGH =
      "pass the host's processor through (QEMU: -cpu host; libvirt: host-passthrough)";

  /** This machine's. */
  static Processor ofThisMachine() {
    return of(Path.of("/proc/cpuinfo"));
  }

  static Processor of(Path cpuinfo) {
    String name = "unknown";
    List<String> sets = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(cpuinfo)) {
        String value = line.substring(line.indexOf(':') + 1).strip();
        if (line.startsWith("model name")) {
          name = value;
        }
        if (sets.isEmpty() && (line.startsWith("flags") || line.startsWith("Features"))) {
          List<String> has = List.of(value.split(" "));
          SETS.stream().filter(has::contains).forEach(sets::add);
        }
      }
    } catch (IOException e) {
      return new Processor("unknown", List.of()); // another system, or a closed /proc
    }
    return new Processor(name, List.copyOf(sets));
  }

  /**
   * Why computing is slow here and what helps, in one line; empty where it is not.
   *
   * @param set the kernel set that computes
   * @param emulated whether {@link Fma} has no instruction
   */
  Optional<String> slowness(KernelSet set, boolean emulated) {
    boolean able =
        !emulated && (instructionSets.contains("asimd") || instructionSets.containsAll(WIDE));
    if (set == KernelSet.PORTABLE) {
      return Optional.of(
          able
              ? "--kernels portable is " + FACTOR + ", with the same bits; leave it out"
              : "AVX2 and FMA are missing here, so computing is "
                  + FACTOR
                  + ", with the same bits; in a virtual machine "
                  + PASS_THROUGH);
    }
    return emulated
        ? Optional.of(
            "Java has no FMA instruction here, so the re-check is several times slower; leave out"
                + " -XX:-UseFMA and -XX:UseAVX, or in a virtual machine "
                + PASS_THROUGH)
        : Optional.empty();
  }
}
