// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.base.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** PyTorch's training step of the same networks, by {@code bench/zero/step.py}. */
final class TorchStep {
  private TorchStep() {}

  /** Measures one network with 1 and 2 threads, with and without channels_last. */
  static void measure(String net, double seconds, Results results) {
    try {
      Process process =
          new ProcessBuilder(
                  Settings.python(),
                  Settings.home().resolve("zero").resolve("step.py").toString(),
                  net,
                  Double.toString(seconds))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader lines = process.inputReader()) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          Row row = row((Map<?, ?>) Json.parse(line));
          results.add(row);
          System.out.println(Table.line(row));
        }
      }
      if (process.waitFor() != 0) {
        results.failure("step.py " + net);
      }
    } catch (IOException | InterruptedException e) {
      results.failure("step.py " + net + ": " + e);
    }
  }

  private static Row row(Map<?, ?> json) {
    List<Double> samples = new ArrayList<>();
    for (Object value : (List<?>) json.get("milliseconds")) {
      samples.add(((Number) value).doubleValue());
    }
    return new Row(
        "step",
        Map.of(
            "net",
            (String) json.get("net"),
            "threads",
            json.get("threads").toString(),
            "layout",
            (String) json.get("layout"),
            "engine",
            "pytorch"),
        "ms",
        samples.stream().mapToDouble(Double::doubleValue).toArray(),
        ((Number) json.get("batch")).doubleValue(),
        "images",
        Double.NaN);
  }
}
