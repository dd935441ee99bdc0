// SPDX-License-Identifier: Apache-2.0
package dev.unerring.suite;

import dev.unerring.audit.LabelAudit;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.base.Json;
import dev.unerring.data.Dataset;
import dev.unerring.errors.Labels;
import dev.unerring.network.Network;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code make correction-study}: every corrector and continued plain training from the same
 * networks, over sets, seeds and numbers of errors left. A cell is bounded in steps; each finished
 * one is a line of docs/correction.jsonl, and is not computed again while training and correctors
 * keep their bits and the set its budgets. The tables of docs/correction.md are written from these
 * lines. Processes may share the file if each has other sets or seeds.
 */
public final class CorrectionStudy {
  /** Who corrects; plain is continued training with batch statistics. */
  static final List<String> CORRECTORS = List.of("plain", "focus", "tunneling", "patch", "auto");

  private final Path folder;
  private final Path file;
  private final String bits;
  private final int[] seeds;
  private final int threads;
  private final PrintStream out;

  /**
   * Prepares the study.
   *
   * @param folder for made sets and starting networks
   * @param file the finished cells, a line of JSON each
   */
  CorrectionStudy(Path folder, Path file, int[] seeds, int threads, PrintStream out)
      throws IOException {
    this.folder = folder;
    this.file = file;
    this.bits = StudyStarts.bits(folder, threads);
    this.seeds = seeds;
    this.threads = threads;
    this.out = out;
  }

  /** Arguments: folder, lines, document, folder of published sets, seeds as "0 1 2", sets. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    List<String> names = List.of(arguments).subList(5, arguments.length);
    if (!StudySet.NAMES.containsAll(names) || !arguments[4].matches("\\d{1,4}( \\d{1,4})*")) {
      System.err.println("SETS are among " + StudySet.NAMES + ", SEEDS is as \"0 1 2\"");
      System.exit(2);
    }
    int[] seeds = Arrays.stream(arguments[4].split(" ")).mapToInt(Integer::parseInt).toArray();
    int threads = Runtime.getRuntime().availableProcessors();
    Files.createDirectories(folder);
    CorrectionStudy study =
        new CorrectionStudy(folder, Path.of(arguments[1]), seeds, threads, System.out);
    for (String name : names.isEmpty() ? StudySet.NAMES : names) {
      study.run(StudySet.prepare(name, Path.of(arguments[3]), folder));
    }
    StudyTables.write(Path.of(arguments[2]), study.records());
  }

  /** Measures what is missing of one set. */
  void run(StudySet set) throws IOException {
    try (Dataset data = Dataset.open(set.file())) {
      LabelAudit audit = new LabelAudit(data);
      Labels goals = Labels.of(data.task(), audit.goalLabels(), data.train().labelCount());
      for (int seed : seeds) {
        for (String level : StudyStarts.LEVELS) {
          for (String corrector : CORRECTORS) {
            Map<String, Object> key = key(set, seed, level, corrector);
            if (!isKept(key)) {
              measure(set, data, goals, key);
            }
          }
        }
      }
    }
  }

  private boolean isKept(Map<String, Object> key) throws IOException {
    return records().stream().anyMatch(record -> record.entrySet().containsAll(key.entrySet()));
  }

  private Map<String, Object> key(StudySet set, int seed, String level, String corrector) {
    Map<String, Object> key = new LinkedHashMap<>();
    key.put("bits", bits);
    key.put("set", set.name());
    key.put("budget", set.budget());
    key.put("seed", (long) seed);
    key.put("start", level);
    key.put("corrector", corrector);
    return key;
  }

  // ---- a cell ----

  /** Measures a cell; with focus also auto, which begins with it and goes on where it ended. */
  private void measure(StudySet set, Dataset data, Labels goals, Map<String, Object> key)
      throws IOException {
    int seed = ((Long) key.get("seed")).intValue();
    String corrector = (String) key.get("corrector");
    try (Backend backend = CpuBackend.open("auto", threads)) {
      Path starts = folder.resolve("starts-" + bits);
      Network network =
          new StudyStarts(set, data, goals, backend, starts)
              .network(seed, (String) key.get("start"));
      StudyCell cell = new StudyCell(set, data, goals, network, key);
      append(cell.after(corrector));
      if (corrector.equals("focus")) {
        append(cell.afterFocusAsAuto());
      }
    }
  }

  // ---- what is kept ----

  /** The cells of these bits, in the order they were measured; a line cut off is left out. */
  @SuppressWarnings("unchecked") // what append has written
  List<Map<String, Object>> records() throws IOException {
    List<Map<String, Object>> records = new ArrayList<>();
    if (!Files.exists(file)) {
      return records;
    }
    String text = Files.readString(file, StandardCharsets.UTF_8);
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      Map<String, Object> record = (Map<String, Object>) Json.parse(line);
      if (bits.equals(record.get("bits"))) {
        records.add(record);
      }
    }
    return records;
  }

  private void append(Map<String, Object> record) throws IOException {
    String text = Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    if (!text.isEmpty() && !text.endsWith("\n")) { // a line cut off by an end in its middle
      Files.writeString(file, text.substring(0, text.lastIndexOf('\n') + 1));
    }
    Files.writeString(
        file, Json.canonical(record) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    out.printf(
        Locale.ROOT,
        "%-28s seed %s  %-3s %-10s %5s -> %-5s errors %8.2f passes %8.2f s of CPU%n",
        record.get("set"),
        record.get("seed"),
        record.get("start"),
        record.get("corrector"),
        record.get("errorsBefore"),
        record.get("errorsAfter"),
        ((Number) record.get("passes")).doubleValue(),
        ((Number) record.get("cpuSeconds")).doubleValue());
  }
}
