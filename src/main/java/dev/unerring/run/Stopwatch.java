// SPDX-License-Identifier: Apache-2.0
package dev.unerring.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Seconds of the stages; the clock is for the records and changes no bit. */
final class Stopwatch {
  private final LongSupplier nanos;
  private final long start;
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private long last;

  Stopwatch(LongSupplier nanos) {
    this.nanos = nanos;
    this.start = nanos.getAsLong();
    this.last = start;
  }

  LongSupplier clock() {
    return nanos;
  }

  void lap(String stage) {
    long now = nanos.getAsLong();
    seconds.put(stage, rounded(now - last));
    last = now;
  }

  Map<String, Double> seconds() {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("total", rounded(last - start));
    all.putAll(seconds);
    return all;
  }

  private static double rounded(long elapsed) {
    return Math.rint(elapsed / 1e6) / 1e3;
  }
}
