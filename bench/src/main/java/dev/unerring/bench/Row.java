// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * One figure: the samples of a benchmark with its parameters.
 *
 * @param benchmark its name
 * @param parameters what was varied; {@code engine} tells ours from a peer
 * @param unit of the samples: s, ms, us, ns or MiB
 * @param samples at least one
 * @param work what one call does, in {@code workUnit}; 0 where there is nothing to count
 * @param workUnit GFLOP or images
 * @param allocated bytes on the Java heap for each call; NaN where it was not measured
 */
record Row(
    String benchmark,
    Map<String, String> parameters,
    String unit,
    double[] samples,
    double work,
    String workUnit,
    double allocated) {
  Row {
    parameters = new TreeMap<>(parameters);
    samples = samples.clone();
    Arrays.sort(samples);
  }

  String parameter(String name) {
    return parameters.getOrDefault(name, "");
  }

  boolean matches(String name, Map<String, String> wanted) {
    return benchmark.equals(name) && parameters.entrySet().containsAll(wanted.entrySet());
  }

  double median() {
    int n = samples.length;
    return (samples[(n - 1) / 2] + samples[n / 2]) / 2;
  }

  double min() {
    return samples[0];
  }

  double max() {
    return samples[samples.length - 1];
  }

  /** Median in seconds. */
  double seconds() {
    return switch (unit) {
      case "s" -> median();
      case "ms" -> median() * 1e-3;
      case "us" -> median() * 1e-6;
      case "ns" -> median() * 1e-9;
      default -> throw new IllegalStateException(benchmark + " is in " + unit);
    };
  }

  /** Work each second, at the median. */
  double rate() {
    return work / seconds();
  }

  /** The same row with more samples. */
  Row with(Row other) {
    double[] all = Arrays.copyOf(samples, samples.length + other.samples.length);
    System.arraycopy(other.samples, 0, all, samples.length, other.samples.length);
    return new Row(benchmark, parameters, unit, all, work, workUnit, allocated);
  }

  Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", benchmark);
    json.put("parameters", parameters);
    json.put("median", median());
    json.put("min", min());
    json.put("max", max());
    json.put("n", samples.length);
    json.put("unit", unit);
    if (work > 0) {
      json.put("rate", rate());
      json.put("rateUnit", workUnit + "/s");
    }
    if (!Double.isNaN(allocated)) {
      json.put("allocatedBytes", allocated);
    }
    return json;
  }
}
