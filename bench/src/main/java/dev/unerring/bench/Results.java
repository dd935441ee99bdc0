// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All figures of a run, and what could not be measured, with the reason. */
final class Results {
  private static final Map<String, List<String>> AGAINST =
      Map.of(
          "unerring", List.of("onednn", "openblas", "djl", "pytorch", "jcuda"),
          "ffm", List.of("jcuda"),
          "ordered", List.of("free"));

  private final List<Row> rows = new ArrayList<>();
  private final Map<String, String> missing = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  /** Adds a row; samples of one that is there already are put together. */
  void add(Row row) {
    for (int i = 0; i < rows.size(); i++) {
      Row old = rows.get(i);
      if (old.benchmark().equals(row.benchmark()) && old.parameters().equals(row.parameters())) {
        rows.set(i, old.with(row));
        return;
      }
    }
    rows.add(row);
  }

  void missing(String what, String reason) {
    missing.put(what, reason);
  }

  void failure(String what) {
    failures.add(what);
  }

  List<Row> rows() {
    return List.copyOf(rows);
  }

  Map<String, String> missing() {
    return missing;
  }

  List<String> failures() {
    return failures;
  }

  /** The row of a benchmark with these parameters: names and values by turns. */
  Optional<Row> find(String benchmark, String... parameters) {
    Map<String, String> wanted = new LinkedHashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      wanted.put(parameters[i], parameters[i + 1]);
    }
    return rows.stream().filter(row -> row.matches(benchmark, wanted)).findFirst();
  }

  /** The fastest of the rows that this one stands against: the same but for the engine. */
  Optional<Row> peer(Row row) {
    List<String> engines = AGAINST.getOrDefault(row.parameter("engine"), List.of());
    return rows.stream()
        .filter(other -> other.benchmark().equals(row.benchmark()))
        .filter(other -> engines.contains(other.parameter("engine")) && same(row, other))
        .reduce((a, b) -> a.median() <= b.median() ? a : b);
  }

  private static boolean same(Row row, Row other) {
    return row.parameters().entrySet().stream()
        .allMatch(
            e -> e.getKey().equals("engine") || e.getValue().equals(other.parameter(e.getKey())));
  }

  /** Peak of fused multiply-adds in GFLOP/s at a width, or at the best one for 0. */
  Optional<Double> peak(int bits, int threads) {
    return rows.stream()
        .filter(row -> row.benchmark().equals("limit") && row.parameter("limit").startsWith("fma"))
        .filter(row -> row.parameter("threads").equals(Integer.toString(threads)))
        .filter(row -> bits == 0 || row.parameter("limit").equals("fma" + bits))
        .map(Row::rate)
        .max(Double::compare);
  }

  /** The share of the processor's limit that a row reaches; empty where there is no limit. */
  Optional<Double> share(Row row) {
    if (!row.workUnit().equals("GFLOP") || row.benchmark().equals("limit")) {
      return Optional.empty();
    }
    int bits = row.parameter("engine").endsWith("-avx2") ? 256 : 0;
    int threads = Integer.parseInt(row.parameter("threads"));
    Optional<Double> peak = peak(bits, threads);
    String layer = row.parameter("layer");
    Optional<Row> memory = find("limit", "limit", "memory-" + layer, "threads", "" + threads);
    if (peak.isPresent() && memory.isPresent()) {
      // A first layer: whichever takes longer, the products or its reads and writes.
      double least = Math.max(row.work() / peak.get(), memory.get().seconds());
      return Optional.of(least / row.seconds());
    }
    return peak.map(p -> row.rate() / p);
  }
}
