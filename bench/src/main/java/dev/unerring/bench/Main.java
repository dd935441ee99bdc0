// SPDX-License-Identifier: Apache-2.0
package dev.unerring.bench;

import dev.unerring.backend.CpuBackend;
import dev.unerring.base.Json;
import dev.unerring.bench.ConvCase.Kind;
import dev.unerring.bench.JmhRuns.Plan;
import dev.unerring.bench.JmhRuns.Times;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures everything, one benchmark after another, peers right beside ours; writes one file and
 * prints one table. Arguments: {@code full} or {@code quick}, the folder of results, and the name of
 * the only benchmark that is wanted, or nothing. Exit code 1 where a benchmark failed, which includes
 * bits that differ, or none has the name.
 */
public final class Main {
  private static final List<String> QUICK_LAYERS =
      List.of(
          "3x3-64x28",
          "3x3-128x14",
          "3x3-256x7",
          "3x3/2-64-128x28",
          "3x3-3-64x28",
          "3x3x3-16-32x14");

  private final boolean quick;
  private final Results results = new Results();
  private final Peers peers = new Peers(results);
  private final JmhRuns jmh;
  private final List<String> counts;
  private final String threads;

  private Main(boolean quick, String only) {
    this.quick = quick;
    this.counts = quick ? List.of("2") : List.of("2", "1");
    this.threads = "threads=" + String.join(",", counts);
    this.jmh = new JmhRuns(results, Settings.work().resolve("jmh"), only);
  }

  /** Runs the stand. */
  public static void main(String[] arguments) throws IOException {
    boolean quick = arguments[0].equals("quick");
    String only = arguments.length > 2 ? arguments[2] : "";
    Main main = new Main(quick, only);
    String before = Machine.load();
    long start = System.nanoTime();
    main.measure();
    double seconds = (System.nanoTime() - start) * 1e-9;
    String after = Machine.load();
    main.write(Path.of(arguments[1]), before, after, seconds);
    boolean empty = main.results.rows().isEmpty();
    if (empty) {
      System.err.println("no benchmark is named '" + only + "'; docs/benchmarks.md lists the names");
    }
    System.exit(main.results.failures().isEmpty() && !empty ? 0 : 1);
  }

  private void measure() {
    limits();
    convolutions();
    limits();
    betweenProducts();
    steps();
    rest();
    limits();
  }

  /** Measured at the start, in the middle and at the end; the samples are put together. */
  private void limits() {
    Plan plan = new Plan("limit", LimitBenchmark.class, "GFLOP", Main::limitGflop);
    for (int bits : new int[] {512, 256, 128}) {
      if (NativeCalls.hasWidth(bits)) {
        jmh.run(plan, new Times(1, quick ? 3 : 5, 200), "limit=fma" + bits, "threads=2,1");
      }
    }
    for (ConvCase layer : ConvCase.ALL) {
      if (layer.kind() == Kind.FIRST && wanted(layer)) {
        jmh.run(plan, new Times(1, 3, 100), "limit=memory-" + layer.name(), threads);
      }
    }
  }

  private static double limitGflop(Map<String, String> p) {
    String limit = p.get("limit");
    return limit.startsWith("fma")
        ? LimitBenchmark.gflop(
            Integer.parseInt(limit.substring(3)), Integer.parseInt(p.get("threads")))
        : 0;
  }

  private boolean wanted(ConvCase layer) {
    return !quick || QUICK_LAYERS.contains(layer.name());
  }

  private void convolutions() {
    Plan plan =
        new Plan(
            "conv",
            ConvBenchmark.class,
            "GFLOP",
            p -> ConvCase.named(p.get("layer")).gflop());
    Times times = quick ? new Times(1, 3, 100) : new Times(2, 7, 250);
    String engines = "engine=unerring,integer" + (peers.oneDnn() ? ",onednn" : "");
    for (ConvCase layer : ConvCase.ALL) {
      String name = "layer=" + layer.name();
      for (String pass : wanted(layer) ? layer.passes() : List.<String>of()) {
        for (String count : counts) {
          jmh.run(plan, times, name, "pass=" + pass, "threads=" + count, engines);
        }
        if (layer.kind() == Kind.MAIN && NativeCalls.hasWidth(512)) {
          jmh.run(plan, times, name, "pass=" + pass, "threads=2", "engine=unerring-avx2");
        }
      }
    }
  }

  private void betweenProducts() {
    Times times = quick ? new Times(1, 3, 100) : new Times(2, 5, 200);
    String engines = "engine=unerring" + (peers.openBlas() ? ",openblas" : "");
    Plan linear =
        new Plan(
            "linear",
            LinearBenchmark.class,
            "GFLOP",
            p -> LinearBenchmark.gflop(p.get("shape")));
    String passes = "pass=" + String.join(",", quick ? List.of("forward") : ConvCase.PASSES);
    String shapes = "shape=128x1024x128" + (quick ? "" : ",32x1728x128");
    jmh.run(linear, times, shapes, passes, threads, engines);
    Plan layers = new Plan("layer", LayerBenchmark.class, "", p -> 0);
    List<String> operations =
        quick ? List.of("batchNormStatistics", "adamStep") : LayerBenchmark.OPERATIONS;
    jmh.run(layers, times, "operation=" + String.join(",", operations), threads);
    Plan order = new Plan("reduction", ReductionBenchmark.class, "", p -> 0);
    jmh.run(order, times, "reduction=channelSums", threads, "engine=ordered,free");
    jmh.run(order, times, "reduction=weightGradients", threads, "engine=ordered,free,unerring");
  }

  private void steps() {
    boolean torch = peers.torch();
    String engines = "engine=unerring,integer" + (peers.djl() ? ",djl" : "");
    Plan step =
        new Plan(
            "step", StepBenchmark.class, "images", p -> Nets.named(p.get("net")).batch());
    Plan inference =
        new Plan(
            "inference",
            InferenceBenchmark.class,
            "images",
            p -> InferenceBenchmark.images(p.get("net"), p.get("images")));
    for (Nets net : quick ? List.of(Nets.named("small")) : Nets.ALL) {
      String name = "net=" + net.name();
      boolean large = net.name().equals("resnet18");
      if (torch && jmh.wanted("step")) {
        TorchStep.measure(net.name(), quick ? 1.0 : 4.0, results);
      }
      Times times = quick ? new Times(2, 3, 300) : new Times(large ? 1 : 3, 5, 1000);
      jmh.run(step, times, name, threads, engines);
      Times brief = quick ? new Times(1, 3, 200) : new Times(1, 5, 300);
      jmh.run(inference, brief, name, threads, "images=batch");
      jmh.run(inference, brief, name, "threads=1", "images=1");
    }
  }

  private void rest() {
    Plan data = new Plan("data", DataBenchmark.class, "", p -> 0);
    Times single = new Times(quick ? 1 : 2, quick ? 3 : 5, 0);
    jmh.run(data, single, "work=parse-demo,parse-large,audit-large");
    Plan correction = new Plan("correction", CorrectionBenchmark.class, "", p -> 0);
    jmh.run(correction, single, "work=round,recount", threads);
    if (jmh.wanted("call") && peers.cudaRuntime()) {
      Plan call = new Plan("call", CallBenchmark.class, "", p -> 0);
      Times times = new Times(3, 5, quick ? 100 : 300);
      boolean jni = peers.jcuda();
      jmh.run(
          call,
          times,
          "function=cudaRuntimeGetVersion",
          "engine=unerring,ffm" + (jni ? ",jcuda" : ""));
      jmh.run(call, times, "function=cudaGetErrorString", "engine=ffm" + (jni ? ",jcuda" : ""));
    }
    Plan start = new Plan("start", StartBenchmark.class, "", p -> 0);
    jmh.run(start, new Times(2, quick ? 5 : 15, 0));
    if (!quick && jmh.wanted("memory")) {
      PeakMemory.measure(results);
    }
  }

  private void write(Path folder, String before, String after, double seconds) throws IOException {
    List<Targets.Outcome> outcomes = Targets.evaluate(results);
    Map<String, Object> json = new LinkedHashMap<>();
    String date = LocalDate.now(ZoneOffset.UTC).toString();
    json.put("date", date);
    json.put("profile", quick ? "quick" : "full");
    json.put("seconds", Math.rint(seconds));
    try (CpuBackend backend = CpuBackend.open("auto", 1)) {
      json.put("machine", Machine.describe(backend.kernelSet()));
    }
    json.put("loadBefore", before);
    json.put("loadAfter", after);
    json.put("rows", results.rows().stream().map(this::row).toList());
    json.put("skipped", results.missing());
    json.put("failed", results.failures());
    json.put("targets", outcomes.stream().map(Targets.Outcome::toJson).toList());
    Files.createDirectories(folder);
    String name = date + "-" + Machine.slug() + (quick ? "-quick" : "") + ".json";
    Files.writeString(folder.resolve(name), Json.pretty(json));
    System.out.println();
    System.out.print(Table.of(results, outcomes));
    System.out.println("load " + before + " before, " + after + " after; " + name);
  }

  private Object row(Row row) {
    Map<String, Object> json = row.toJson();
    results.share(row).ifPresent(share -> json.put("shareOfLimit", share));
    results
        .peer(row)
        .ifPresent(peer -> {
          json.put("peer", peer.parameter("engine"));
          json.put("peerThroughOurs", peer.seconds() / row.seconds());
        });
    return json;
  }
}
