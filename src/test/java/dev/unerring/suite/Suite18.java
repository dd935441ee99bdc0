// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.base.AtomicFile;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
import dev.unerring.data.DatasetManifest;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code make suite18}: each of the 18 sets as a synthetic one, without and with planted conflicts,
 * through synthesize, audit, train, correct and re-check of the finished program; with conflicts,
 * training stops at 2 % errors and leaves the rest to the correctors. Passed means: exit code 0, no
 * patch, and the training errors counted again from the saved files are the floor, which is the
 * number of planted conflicts. Cases that passed with the same program and counts are kept.
 */
public final class Suite18 {
  private static final int CONFLICTS = 6;
  private static final String PRIME_TO = "0.02";
  private static final List<Integer> CUT_2D = List.of(800, 160, 160);
  private static final List<Integer> CUT_3D = List.of(500, 100, 100);

  private final Path program;
  private final Path folder;
  private final String version;
  private final boolean full;
  private final PrintStream out;

  /** More options of every training, for instance {@code --device cuda --seed 1}. */
  private final List<String> options =
      Arrays.stream(System.getProperty("suite18.options", "").split(" "))
          .filter(option -> !option.isEmpty())
          .toList();

  /**
   * Prepares the suite.
   *
   * @param program the command {@code unerring}
   * @param jar whose bytes are the program's version
   * @param folder for records, run folders and the summary
   * @param full published counts instead of cut ones
   */
  Suite18(Path program, Path jar, Path folder, boolean full, PrintStream out) {
    this.program = program.toAbsolutePath();
    this.folder = folder;
    this.full = full;
    this.out = out;
    this.version = Sha256.hexOfFile(jar);
  }

  /** Arguments: program, jar, folder, {@code cut} or {@code full}, and flags, none for all. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean full = arguments[3].equals("full");
    if (!full && !arguments[3].equals("cut")) {
      System.err.println("COUNTS is cut or full, not '" + arguments[3] + "'");
      System.exit(2);
    }
    Path folder = Path.of(arguments[2]);
    Suite18 suite =
        new Suite18(Path.of(arguments[0]), Path.of(arguments[1]), folder, full, System.out);
    List<String> flags = List.of(arguments).subList(4, arguments.length);
    if (!DatasetManifest.flags().containsAll(flags)) {
      System.err.println("SETS: " + flags + " are not all among " + DatasetManifest.flags());
      System.exit(2);
    }
    System.exit(suite.run(flags.isEmpty() ? DatasetManifest.flags() : flags) ? 0 : 1);
  }

  /** Samples of train, val and test that two cores train to the floor in about half a minute. */
  static List<Integer> cutCounts(DatasetManifest manifest) {
    List<Integer> cut = manifest.dimensions() == 3 ? CUT_3D : CUT_2D;
    return List.of(
        Math.min(cut.get(0), manifest.train()),
        Math.min(cut.get(1), manifest.val()),
        Math.min(cut.get(2), manifest.test()));
  }

  /** Runs all cases; whether all passed. */
  boolean run(List<String> flags) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<Object> records = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    long start = System.nanoTime();
    int passed = 0;
    int cases = 2 * flags.size();
    for (String flag : flags) {
      for (int conflicts : new int[] {0, CONFLICTS}) {
        Map<String, Object> record = kept(flag, conflicts);
        boolean again = record != null;
        if (!again) {
          out.printf(Locale.ROOT, "[%2d/%d] %s ...%n", records.size() + 1, cases, flag);
          record = measured(flag, conflicts);
          write(name(flag, conflicts) + ".json", Json.pretty(record));
        }
        records.add(record);
        passed += Boolean.TRUE.equals(record.get("passed")) ? 1 : 0;
        lines.add(line(record));
        out.printf(
            Locale.ROOT,
            "[%2d/%d] %s%s%n",
            records.size(),
            cases,
            line(record),
            again ? "  (kept)" : "");
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("counts", full ? "full" : "cut");
    summary.put("programSha256", version);
    summary.put("cases", (long) cases);
    summary.put("passed", (long) passed);
    summary.put("secondsThisTime", Math.rint(seconds * 10) / 10);
    summary.put("secondsOfTheCases", Math.rint(sum(records) * 10) / 10);
    summary.put("records", records);
    lines.add(
        String.format(
            Locale.ROOT,
            "%d of %d passed; %.0f s, of which %.0f s this time",
            passed,
            cases,
            sum(records),
            seconds));
    out.println(lines.getLast());
    write("summary.json", Json.pretty(summary));
    write("summary.txt", String.join("\n", lines) + "\n");
    return passed == cases;
  }

  private static double sum(List<Object> records) {
    return records.stream()
        .mapToDouble(r -> ((Number) ((Map<?, ?>) r).get("seconds")).doubleValue())
        .sum();
  }

  private void write(String name, String text) {
    AtomicFile.write(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  private static String name(String flag, int conflicts) {
    return flag + (conflicts == 0 ? "" : "-conflicts");
  }

  /** The record of a case that passed with the same inputs; null where there is none. */
  @SuppressWarnings("unchecked") // what measured() has written
  private Map<String, Object> kept(String flag, int conflicts) throws IOException {
    Path file = folder.resolve(name(flag, conflicts) + ".json");
    if (!Files.isRegularFile(file)) {
      return null;
    }
    Map<String, Object> record =
        (Map<String, Object>) Json.parse(Files.readString(file, StandardCharsets.UTF_8));
    boolean same = inputs(flag, conflicts).equals(record.get("inputs"));
    return same && Boolean.TRUE.equals(record.get("passed")) ? record : null;
  }

  private String inputs(String flag, int conflicts) {
    return version
        + " "
        + options.stream().map(option -> option + " ").collect(Collectors.joining())
        + (conflicts == 0 ? "" : PRIME_TO + " ")
        + String.join(" ", synthesize(flag, conflicts, Path.of("data.npz")));
  }

  private List<String> synthesize(String flag, int conflicts, Path data) {
    List<String> arguments =
        new ArrayList<>(List.of("datasets", "synthesize", flag, "--out", data.toString()));
    if (!full) {
      List<Integer> counts = cutCounts(DatasetManifest.find(flag).orElseThrow());
      arguments.addAll(List.of("--train", counts.get(0).toString()));
      arguments.addAll(List.of("--val", counts.get(1).toString()));
      arguments.addAll(List.of("--test", counts.get(2).toString()));
    }
    arguments.addAll(List.of("--conflicts", String.valueOf(conflicts)));
    return arguments;
  }

  private Map<String, Object> measured(String flag, int conflicts)
      throws IOException, InterruptedException {
    String name = name(flag, conflicts);
    Path data = folder.resolve(name + ".npz");
    Path run = folder.resolve("runs").resolve(name);
    Path log = folder.resolve(name + ".log");
    delete(run);
    Files.deleteIfExists(data);
    Files.deleteIfExists(log);
    long start = System.nanoTime();
    int code = call(log, synthesize(flag, conflicts, data));
    if (code == 0) {
      List<String> train = new ArrayList<>(List.of("train", "--data", data.toString()));
      train.addAll(List.of("--arch", System.getProperty("suite18.arch", "auto")));
      train.addAll(List.of("--prime-to", conflicts == 0 ? "0" : PRIME_TO, "--no-progress"));
      train.addAll(options);
      train.addAll(List.of("--out", run.toString()));
      code = call(log, train);
    }
    Files.deleteIfExists(data);
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("case", "synthetic-" + name);
    record.put("inputs", inputs(flag, conflicts));
    record.put("exitCode", (long) code);
    record.put("plantedConflicts", (long) conflicts);
    Path json = run.resolve("result.json");
    boolean passed = code == 0 && Files.isRegularFile(json);
    if (Files.isRegularFile(json)) {
      Map<?, ?> result = (Map<?, ?>) Json.parse(Files.readString(json, StandardCharsets.UTF_8));
      for (String key :
          List.of(
              "data",
              "arch",
              "trainDecisions",
              "trainErrors",
              "floor",
              "epochs",
              "correctionSteps",
              "patchedSamples",
              "endedBy")) {
        record.put(key, result.get(key));
      }
      record.put("valAcc", ((Map<?, ?>) result.get("val")).get("acc"));
      passed &= Long.valueOf(conflicts).equals(result.get("floor"));
      passed &= result.get("floor").equals(result.get("trainErrors"));
      passed &= Long.valueOf(0).equals(result.get("patchedSamples"));
      passed &= ("synthetic-" + flag).equals(result.get("data"));
    }
    record.put("passed", passed);
    record.put("seconds", Math.rint((System.nanoTime() - start) / 1e8) / 10);
    return record;
  }

  private int call(Path log, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start()
        .waitFor();
  }

  private static void delete(Path run) throws IOException {
    if (Files.isDirectory(run)) {
      try (var files = Files.list(run)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(run);
    }
  }

  private String line(Map<String, Object> record) {
    String name = String.format(Locale.ROOT, "%-36s", record.get("case"));
    if (!record.containsKey("trainErrors")) {
      return name + "FAILED, exit code " + record.get("exitCode") + ", see its log in " + folder;
    }
    return name
        + String.format(
            Locale.ROOT,
            "%-8s %3d/%-6d floor %d  %3d epochs %4d correction steps  val ACC %.3f  %6.1f s  %s",
            record.get("arch"),
            record.get("trainErrors"),
            record.get("trainDecisions"),
            record.get("floor"),
            record.get("epochs"),
            record.get("correctionSteps"),
            ((Number) record.get("valAcc")).doubleValue(),
            ((Number) record.get("seconds")).doubleValue(),
            Boolean.TRUE.equals(record.get("passed")) ? "passed" : "FAILED");
  }
}
