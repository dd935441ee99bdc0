// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.bench.ConvCase.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The targets as data, and what the figures say about each. */
final class Targets {
  private static final String TWO = "2";
  private static final double GIB = 1024;

  /**
   * A target.
   *
   * @param what is measured
   * @param target in words
   * @param verdict on the figures; empty where one of them is missing
   */
  private record Target(String what, String target, Function<Results, Optional<Verdict>> verdict) {}

  /**
   * What the figures say.
   *
   * @param reached whether the target is reached
   * @param figure the one that decides
   * @param ours our figure, if it stands against another
   * @param peer the other
   * @param ratio of the two
   */
  private record Verdict(boolean reached, String figure, String ours, String peer, String ratio) {
    static Verdict alone(boolean reached, String figure) {
      return new Verdict(reached, figure, "", "", "");
    }
  }

  /**
   * A line of the table.
   *
   * @param status reached, not reached, or not measured
   */
  record Outcome(
      String what,
      String target,
      String status,
      String reached,
      String ours,
      String peer,
      String ratio) {

    Map<String, Object> toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("what", what);
      json.put("target", target);
      json.put("status", status);
      json.put("reached", reached);
      json.put("ours", ours);
      json.put("peer", peer);
      json.put("ratio", ratio);
      return json;
    }
  }

  private static final List<Target> ALL =
      List.of(
          new Target(
              "convolution forward, backward-input, 3x3, 64 to 256 channels",
              "77 % of the fma peak",
              r -> share(r, "unerring", is(Kind.MAIN), List.of("forward", "backwardInput"), 0.77)),
          new Target(
              "the same with the AVX2 kernels",
              "72 % of the 256-bit peak",
              r ->
                  share(
                      r,
                      "unerring-avx2",
                      is(Kind.MAIN),
                      List.of("forward", "backwardInput"),
                      0.72)),
          new Target(
              "convolution backward-weight, the same shapes",
              "70 % of the fma peak",
              r -> share(r, "unerring", is(Kind.MAIN), List.of("backwardWeight"), 0.70)),
          new Target(
              "stride 2, 1x1, 512x4x4, 3D, all passes",
              "50 % of the fma peak",
              r -> share(r, "unerring", is(Kind.OTHER), ConvCase.PASSES, 0.50)),
          new Target(
              "first layers",
              "at memory speed (80 % of it)",
              r -> share(r, "unerring", is(Kind.FIRST), List.of("forward"), 0.80)),
          new Target(
              "all passes over ResNet-18's convolutions against oneDNN",
              "0.95x, wanted 1.0x",
              Targets::resNetSum),
          new Target(
              "ResNet-18 training step, batch 128", "70 % of the fma peak", Targets::stepShare),
          new Target(
              "ResNet-18 training against PyTorch's best", "1.2x", r -> step(r, "resnet18", 1.2)),
          new Target("small training against PyTorch's best", "1.5x", r -> step(r, "small", 1.5)),
          new Target("small3d training against PyTorch's best", "3x", r -> step(r, "small3d", 3.0)),
          new Target(
              "breast to zero errors, whole process",
              "0.5x PyTorch's time, ACC not lower",
              r -> zero("breast", 0.5)),
          new Target(
              "retina to zero errors, whole process",
              "0.5x PyTorch's time, ACC not lower",
              r -> zero("retina", 0.5)),
          new Target(
              "adrenal3d to zero errors, whole process",
              "0.33x PyTorch's time, ACC not lower",
              r -> zero("adrenal3d", 0.33)),
          new Target(
              "2 threads against 1, convolution (median of 3x3, 64 to 256)",
              "1.85x",
              Targets::convScaling),
          new Target("2 threads against 1, training step (least)", "1.7x", Targets::stepScaling),
          new Target("start: unerring --version", "0.25 s", r -> atMost(r, 0.25, "start")),
          new Target(
              "audit of 165,466 28x28 images",
              "2 s",
              r -> atMost(r, 2.0, "data", "work", "audit-large")),
          new Target("peak memory, ResNet-18 batch 128", "1.2 GiB", Targets::memory),
          new Target("allocation in a training step", "0 B", Targets::allocation));

  private Targets() {}

  static List<Outcome> evaluate(Results results) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Target t : ALL) {
      Optional<Verdict> verdict = t.verdict.apply(results);
      outcomes.add(
          verdict
              .map(v ->
                  new Outcome(
                      t.what,
                      t.target,
                      v.reached ? "reached" : "not reached",
                      v.figure,
                      v.ours,
                      v.peer,
                      v.ratio))
              .orElseGet(() ->
                  new Outcome(
                      t.what, t.target, "not measured", reason(t.what, results), "", "", "")));
    }
    return outcomes;
  }

  private static String reason(String what, Results results) {
    Map<String, String> missing = results.missing();
    if (what.contains("PyTorch") && missing.containsKey("pytorch")) {
      return missing.get("pytorch");
    }
    if (what.contains("oneDNN") && missing.containsKey("onednn")) {
      return missing.get("onednn");
    }
    if (what.contains("memory") && missing.containsKey("peak memory")) {
      return missing.get("peak memory");
    }
    if (what.contains("zero errors")) {
      return "make bench-zero measures it";
    }
    return results.failures().isEmpty() ? "not part of this run" : "a benchmark failed";
  }

  private static Predicate<ConvCase> is(Kind kind) {
    return layer -> layer.kind() == kind;
  }

  private static Optional<Row> conv(
      Results r, ConvCase layer, String pass, String threads, String engine) {
    return r.find(
        "conv", "layer", layer.name(), "pass", pass, "threads", threads, "engine", engine);
  }

  /** The least share of all layers and passes decides; all have to be there. */
  private static Optional<Verdict> share(
      Results r, String engine, Predicate<ConvCase> which, List<String> passes, double wanted) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    String where = "";
    for (ConvCase layer : ConvCase.ALL) {
      for (String pass : passes) {
        if (!which.test(layer) || !layer.passes().contains(pass)) {
          continue;
        }
        Optional<Double> share = conv(r, layer, pass, TWO, engine).flatMap(r::share);
        if (share.isEmpty()) {
          return Optional.empty();
        }
        most = Math.max(most, share.get());
        if (share.get() < least) {
          least = share.get();
          where = layer.name() + " " + pass;
        }
      }
    }
    String figure = Table.percent(least) + " (" + where + ") to " + Table.percent(most);
    return Optional.of(Verdict.alone(least >= wanted, figure));
  }

  private static Optional<Verdict> resNetSum(Results r) {
    double ours = 0;
    double peer = 0;
    for (ConvCase layer : ConvCase.ALL) {
      for (String pass : layer.inResNet18() > 0 ? layer.passes() : List.<String>of()) {
        Optional<Row> own = conv(r, layer, pass, TWO, "unerring");
        Optional<Row> other = conv(r, layer, pass, TWO, "onednn");
        if (own.isEmpty() || other.isEmpty()) {
          return Optional.empty();
        }
        ours += layer.inResNet18() * own.get().seconds();
        peer += layer.inResNet18() * other.get().seconds();
      }
    }
    double ratio = peer / ours;
    return Optional.of(
        new Verdict(
            ratio >= 0.95,
            Table.times(ratio),
            Table.number(1e3 * ours) + " ms",
            "oneDNN " + Table.number(1e3 * peer) + " ms",
            Table.times(ratio)));
  }

  private static Optional<Row> ownStep(Results r, String net, String threads) {
    return r.find("step", "net", net, "threads", threads, "engine", "unerring");
  }

  private static Optional<Verdict> stepShare(Results r) {
    Optional<Double> peak = r.peak(0, 2);
    return ownStep(r, "resnet18", TWO)
        .filter(row -> peak.isPresent())
        .map(row -> {
          double share = row.rate() * Nets.named("resnet18").trainingGflop() / peak.get();
          return Verdict.alone(share >= 0.70, Table.percent(share));
        });
  }

  private static Optional<Verdict> step(Results r, String net, double wanted) {
    Optional<Row> best =
        r.rows().stream()
            .filter(row -> row.matches("step", Map.of("net", net, "engine", "pytorch")))
            .filter(row -> !row.parameter("layout").contains("bf16")) // another precision
            .reduce((a, b) -> a.rate() >= b.rate() ? a : b);
    return ownStep(r, net, TWO)
        .filter(row -> best.isPresent())
        .map(row -> {
          double ratio = row.rate() / best.get().rate();
          return new Verdict(
              ratio >= wanted,
              Table.times(ratio),
              Table.number(row.rate()) + " images/s",
              "PyTorch " + Table.number(best.get().rate()) + " images/s",
              Table.times(ratio));
        });
  }

  private static Optional<Verdict> zero(String set, double wanted) {
    return ZeroPairs.of(set)
        .map(z ->
            new Verdict(
                z.ratio() <= wanted && z.ownAccuracy() >= z.peerAccuracy(),
                String.format(
                    Locale.ROOT,
                    "%s, ACC %.3f and %.3f, n=%d",
                    Table.times(z.ratio()),
                    z.ownAccuracy(),
                    z.peerAccuracy(),
                    z.pairs()),
                Table.number(z.ownSeconds()) + " s",
                "PyTorch " + Table.number(z.peerSeconds()) + " s",
                Table.times(z.ratio())));
  }

  private static Optional<Verdict> convScaling(Results r) {
    List<Double> ratios = new ArrayList<>();
    for (ConvCase layer : ConvCase.ALL) {
      for (String pass : layer.kind() == Kind.MAIN ? layer.passes() : List.<String>of()) {
        Optional<Row> one = conv(r, layer, pass, "1", "unerring");
        Optional<Row> two = conv(r, layer, pass, TWO, "unerring");
        if (one.isPresent() && two.isPresent()) {
          ratios.add(one.get().seconds() / two.get().seconds());
        }
      }
    }
    if (ratios.isEmpty()) {
      return Optional.empty();
    }
    ratios.sort(Double::compare);
    double median = ratios.get(ratios.size() / 2);
    String figure = Table.times(median) + " (least " + Table.times(ratios.getFirst()) + ")";
    return Optional.of(Verdict.alone(median >= 1.85, figure));
  }

  private static Optional<Verdict> stepScaling(Results r) {
    double least = Double.POSITIVE_INFINITY;
    String figures = "";
    for (Nets net : Nets.ALL) {
      Optional<Row> one = ownStep(r, net.name(), "1");
      Optional<Row> two = ownStep(r, net.name(), TWO);
      if (one.isPresent() && two.isPresent()) {
        double ratio = one.get().seconds() / two.get().seconds();
        least = Math.min(least, ratio);
        figures += (figures.isEmpty() ? "" : ", ") + net.name() + " " + Table.times(ratio);
      }
    }
    return figures.isEmpty() ? Optional.empty() : Optional.of(Verdict.alone(least >= 1.7, figures));
  }

  private static Optional<Verdict> atMost(
      Results r, double seconds, String benchmark, String... parameters) {
    return r.find(benchmark, parameters)
        .map(row -> Verdict.alone(row.seconds() <= seconds, Table.number(row.seconds()) + " s"));
  }

  private static Optional<Verdict> memory(Results r) {
    return r.find("memory")
        .map(row ->
            Verdict.alone(row.median() <= 1.2 * GIB, Table.number(row.median() / GIB) + " GiB"));
  }

  private static Optional<Verdict> allocation(Results r) {
    double most = -1;
    for (Nets net : Nets.ALL) {
      Optional<Row> row = ownStep(r, net.name(), TWO);
      most = row.isPresent() ? Math.max(most, row.get().allocated()) : most;
    }
    return most < 0
        ? Optional.empty()
        : Optional.of(Verdict.alone(most < 0.5, Table.number(most) + " B a step at most"));
  }
}
