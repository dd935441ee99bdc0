package dev.unerring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs benchmarks in forks of their own and collects the figures. */
final class JmhRuns {
  private static final String ALLOCATED = "allocatedBytes";

  private final Results results;
  private final Path logs;
  private final String only;
  private int number;

  /**
   * Runs benchmarks of one name, or all.
   *
   * @param only the name; empty for all
   */
  JmhRuns(Results results, Path logs, String only) {
    this.results = results;
    this.logs = logs;
    this.only = only;
  }

  /** Whether the benchmarks of a plan are run. */
  boolean wanted(String name) {
    return only.isEmpty() || only.equals(name);
  }

  /**
   * How long.
   *
   * @param warmUps iterations before the clock counts
   * @param iterations measured ones, each a sample
   * @param milliseconds of an iteration; 0 for single calls
   */
  record Times(int warmUps, int iterations, int milliseconds) {}

  /**
   * What is run.
   *
   * @param name in the results
   * @param benchmark class with a method {@code run}
   * @param workUnit GFLOP, images, or the empty text
   * @param work what one call does
   */
  record Plan(
      String name,
      Class<?> benchmark,
      String workUnit,
      ToDoubleFunction<Map<String, String>> work) {}

  /**
   * Runs a benchmark with all combinations of the parameters and prints its lines.
   *
   * @param parameters "name=value,value"
   */
  void run(Plan plan, Times times, String... parameters) {
    if (!wanted(plan.name)) {
      return;
    }
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(plan.benchmark.getName()) + "\\.run$")
            .forks(1)
            .shouldFailOnError(true)
            .output(logs.resolve(String.format("%03d-%s.log", ++number, plan.name)).toString())
            .warmupIterations(times.warmUps)
            .measurementIterations(times.iterations);
    if (times.milliseconds > 0) {
      TimeValue time = TimeValue.milliseconds(times.milliseconds);
      options = options.warmupTime(time).measurementTime(time);
    }
    for (String parameter : parameters) {
      int at = parameter.indexOf('=');
      options = options.param(parameter.substring(0, at), parameter.substring(at + 1).split(","));
    }
    try {
      Files.createDirectories(logs);
      Collection<RunResult> runs = new Runner(options.build()).run();
      runs.forEach(run -> add(plan, run));
    } catch (RunnerException | IOException e) {
      String what = plan.name + " " + String.join(" ", parameters) + ": " + root(e) + "; " + log();
      System.out.println("FAILED: " + what);
      results.failure(what);
    }
  }

  private static String root(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null || cause.getSuppressed().length > 0) {
      cause = cause.getCause() != null ? cause.getCause() : cause.getSuppressed()[0];
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  private String log() {
    return logs.getFileName() + "/" + String.format("%03d", number) + "-*.log";
  }

  private void add(Plan plan, RunResult run) {
    Map<String, String> parameters = new HashMap<>();
    for (String key : run.getParams().getParamsKeys()) {
      parameters.put(key, run.getParams().getParam(key));
    }
    List<Double> samples = new ArrayList<>();
    List<Double> allocated = new ArrayList<>();
    for (BenchmarkResult fork : run.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        samples.add(iteration.getPrimaryResult().getScore());
        Result<?> bytes = iteration.getSecondaryResults().get(ALLOCATED);
        if (bytes != null) {
          allocated.add(bytes.getScore());
        }
      }
    }
    allocated.sort(Double::compare);
    String unit = run.getPrimaryResult().getScoreUnit();
    Row row =
        new Row(
            plan.name,
            parameters,
            unit.substring(0, unit.indexOf('/')),
            samples.stream().mapToDouble(Double::doubleValue).toArray(),
            plan.work.applyAsDouble(parameters),
            plan.workUnit,
            allocated.isEmpty() ? Double.NaN : allocated.get(allocated.size() / 2));
    results.add(row);
    System.out.println(Table.line(row));
  }
}
