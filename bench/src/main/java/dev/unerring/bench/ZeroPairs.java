// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code make bench-zero} has measured with this very jar.
 *
 * @param pairs number of pairs
 * @param ratio median of our time through PyTorch's, pair by pair
 * @param ownSeconds median
 * @param peerSeconds median
 * @param ownAccuracy mean test ACC
 * @param peerAccuracy mean test ACC
 */
record ZeroPairs(
    int pairs,
    double ratio,
    double ownSeconds,
    double peerSeconds,
    double ownAccuracy,
    double peerAccuracy) {
  private static final int LEAST = 5;

  /** The pairs of a set; empty where there are fewer than five. */
  static Optional<ZeroPairs> of(String set) {
    Path file = Settings.work().resolve("zero.jsonl");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<Double> ratios = new ArrayList<>();
    List<Double> own = new ArrayList<>();
    List<Double> peer = new ArrayList<>();
    double ownAccuracy = 0;
    double peerAccuracy = 0;
    try {
      String jar = Sha256.hex(Files.readAllBytes(Settings.jar()));
      for (String line : Files.readAllLines(file)) {
        Map<?, ?> pair = (Map<?, ?>) Json.parse(line);
        if (pair.get("set").equals(set) && pair.get("jar").equals(jar)) {
          Map<?, ?> ours = (Map<?, ?>) pair.get("unerring");
          Map<?, ?> theirs = (Map<?, ?>) pair.get("pytorch");
          own.add(number(ours, "seconds"));
          peer.add(number(theirs, "seconds"));
          ratios.add(own.getLast() / peer.getLast());
          ownAccuracy += number(ours, "testAcc");
          peerAccuracy += number(theirs, "testAcc");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int n = ratios.size();
    return n < LEAST
        ? Optional.empty()
        : Optional.of(
            new ZeroPairs(
                n, median(ratios), median(own), median(peer), ownAccuracy / n, peerAccuracy / n));
  }

  private static double number(Map<?, ?> map, String key) {
    return ((Number) map.get(key)).doubleValue();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }
}
