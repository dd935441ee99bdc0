// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The most memory that {@code unerring train --arch resnet18 --epochs 1} has resident, batches of
 * 128 images of 28x28x3: the high-water mark that Linux keeps, read until the process ends.
 */
final class PeakMemory {
  private static final long PAUSE = 20;
  private static final double KIB_IN_MIB = 1024;

  private PeakMemory() {}

  static void measure(Results results) {
    Path out = Settings.work().resolve("memory-run");
    try {
      delete(out);
      Process process =
          new ProcessBuilder(
                  List.of(
                      Settings.program().toString(),
                      "train",
                      "--data",
                      GeneratedSets.colour().toString(),
                      "--arch",
                      "resnet18",
                      "--epochs",
                      "1",
                      "--corrector",
                      "none",
                      "--out",
                      out.toString()))
              .redirectErrorStream(true)
              .redirectOutput(Settings.work().resolve("memory-run.log").toFile())
              .start();
      double most = 0;
      Path status = Path.of("/proc", Long.toString(process.pid()), "status");
      while (process.isAlive()) {
        most = Math.max(most, highWater(status));
        Thread.sleep(PAUSE);
      }
      delete(out);
      // 3: errors are left, as they must be after one epoch.
      if (process.exitValue() != 0 && process.exitValue() != 3) {
        results.failure("unerring train for the peak memory: exit " + process.exitValue());
      } else if (most == 0) {
        results.missing("peak memory", "the system keeps no high-water mark in /proc");
      } else {
        Map<String, String> what = Map.of("net", "resnet18", "batch", "128", "engine", "unerring");
        Row row = new Row("memory", what, "MiB", new double[] {most}, 0, "", Double.NaN);
        results.add(row);
        System.out.println(Table.line(row));
      }
    } catch (IOException | InterruptedException e) {
      results.failure("peak memory: " + e);
    }
  }

  private static double highWater(Path status) {
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / KIB_IN_MIB)
          .findFirst()
          .orElse(0);
    } catch (IOException | UncheckedIOException e) {
      return 0; // it has just ended
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
