package dev.unerring.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The processor, as Linux describes it.
 *
 * @param name the maker's name; "unknown" where the system does not say it
 * @param instructionSets those that the kernels are made for, as far as the processor has them
 */
record Processor(String name, List<String> instructionSets) {
  private static final List<String> SETS =
      List.of("avx2", "fma", "avx512f", "avx512vl", "avx512dq", "avx512bw", "asimd");

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
}
