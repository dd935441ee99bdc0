package dev.unerring.suite;

import com.sun.management.OperatingSystemMXBean;
import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.base.Json;
import dev.unerring.correct.CorrectionResult;
import dev.unerring.correct.Correctors;
import dev.unerring.dataset.Dataset;
import dev.unerring.dataset.LabelAudit;
import dev.unerring.errors.ErrorList;
import dev.unerring.errors.Evaluator;
import dev.unerring.errors.Labels;
import dev.unerring.errors.Metrics;
import dev.unerring.network.Network;
import dev.unerring.train.CorrectionPlan.Method;
import dev.unerring.train.Monitor;
import dev.unerring.train.Trainer;
import dev.unerring.train.TrainingPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * {@code make correction-study}: every corrector and continued plain training from the same
 * networks, over sets, seeds and numbers of errors left. A cell is bounded in steps; each finished
 * one is a line of docs/correction.jsonl, and is not computed again while training and correctors
 * keep their bits and the set its budgets. The tables of docs/correction.md are written from these
 * lines. Processes may share the file if each has other sets.
 */
public final class CorrectionStudy {
  /** Who corrects; plain is continued training with batch statistics. */
  static final List<String> CORRECTORS = List.of("plain", "focus", "tunneling", "patch", "auto");

  private final Path folder;
  private final Path file;
  private final String bits;
  private final int seeds;
  private final int threads;
  private final PrintStream out;

  /**
   * Prepares the study.
   *
   * @param folder for made sets and starting networks
   * @param file the finished cells, a line of JSON each
   */
  CorrectionStudy(Path folder, Path file, int seeds, int threads, PrintStream out)
      throws IOException {
    this.folder = folder;
    this.file = file;
    this.bits = StudyStarts.bits(folder, threads);
    this.seeds = seeds;
    this.threads = threads;
    this.out = out;
  }

  /** Arguments: folder, lines, document, folder of published sets, number of seeds, sets. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int seeds = Integer.parseInt(arguments[4]);
    List<String> names = List.of(arguments).subList(5, arguments.length);
    if (!StudySet.NAMES.containsAll(names) || seeds < 1) {
      System.err.println("SETS are among " + StudySet.NAMES + ", SEEDS is at least 1");
      System.exit(2);
    }
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
      for (int seed = 0; seed < seeds; seed++) {
        for (String level : StudyStarts.LEVELS) {
          for (String corrector : CORRECTORS) {
            Map<String, Object> key = key(set, seed, level, corrector);
            if (find(key).isEmpty()) {
              append(measured(set, data, goals, key));
            }
          }
        }
      }
    }
  }

  private Optional<Map<String, Object>> find(Map<String, Object> key) throws IOException {
    return records().stream()
        .filter(record -> record.entrySet().containsAll(key.entrySet()))
        .findFirst();
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

  private Map<String, Object> measured(
      StudySet set, Dataset data, Labels goals, Map<String, Object> key) throws IOException {
    int seed = ((Long) key.get("seed")).intValue();
    String corrector = (String) key.get("corrector");
    if (corrector.equals("auto")) {
      // It begins with focus: where that reached the floor, it is the same run.
      Map<String, Object> focus = new LinkedHashMap<>(key);
      focus.put("corrector", "focus");
      Optional<Map<String, Object>> run = find(focus);
      if (run.isPresent() && Boolean.TRUE.equals(run.get().get("reached"))) {
        Map<String, Object> record = new LinkedHashMap<>(run.get());
        record.put("corrector", "auto");
        return record;
      }
    }
    try (Backend backend = CpuBackend.open("auto", threads)) {
      Path starts = folder.resolve("starts-" + bits);
      Network network =
          new StudyStarts(set, data, goals, backend, starts)
              .network(seed, (String) key.get("start"));
      Map<String, Object> record = new LinkedHashMap<>(key);
      record.put("trainSamples", (long) data.train().size());
      record.put("errorsBefore", (long) misses(network, data, goals));
      Metrics before = validation(network, data);
      Samples taken = new Samples();
      long start = processorTime();
      String endedBy = corrected(corrector, set, data, goals, seed, taken, network);
      record.put("cpuSeconds", Math.rint((processorTime() - start) / 1e7) / 100);
      int after = misses(network, data, goals);
      record.put("errorsAfter", (long) after);
      record.put("reached", after == 0);
      record.put("passes", Math.rint(100.0 * taken.all() / data.train().size()) / 100);
      Metrics later = validation(network, data);
      record.put("valAccBefore", before.acc());
      record.put("valAccAfter", later.acc());
      record.put("valAucBefore", before.auc());
      record.put("valAucAfter", later.auc());
      record.put("patchedSamples", (long) patched(network, data));
      record.put("endedBy", endedBy);
      return record;
    }
  }

  /** Nanoseconds of all threads of this process: other processes do not enter. */
  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static String corrected(
      String corrector,
      StudySet set,
      Dataset data,
      Labels goals,
      int seed,
      Samples taken,
      Network network) {
    TrainingPlan plan = StudyStarts.plan(set, data, seed + 3000L, set.plainEpochs(), 0);
    if (corrector.equals("plain")) {
      return new Trainer(plan, data, goals, 0, taken).train(network).endedBy();
    }
    TrainingPlan chosen = StudyStarts.corrected(plan, Method.parse(corrector, "corrector"));
    List<CorrectionResult> results =
        Correctors.correct(chosen, data.train(), goals, taken, network);
    return results.getLast().corrector() + ": " + results.getLast().endedBy();
  }

  /** Samples that the steps of all stages have taken. */
  private static final class Samples implements Monitor {
    private long earlier;
    private long last;

    @Override
    public void progress(Progress progress) {
      earlier += progress.samples() < last ? last : 0;
      last = progress.samples();
    }

    long all() {
      return earlier + last;
    }
  }

  /** Training samples that miss their goal label: 0 at the floor. */
  private static int misses(Network network, Dataset data, Labels goals) {
    return ErrorList.of(goals, Evaluator.logits(network, data.train())).count();
  }

  private static Metrics validation(Network network, Dataset data) {
    float[] logits = Evaluator.logits(network, data.val());
    return Metrics.ofLogits(data.task(), logits, data.classes(), Evaluator.labels(data.val()));
  }

  private static int patched(Network network, Dataset data) {
    int count = 0;
    for (int n = 0; n < data.train().size() && !network.patches().isEmpty(); n++) {
      float[] pixels = data.train().gather(new int[] {n});
      count += network.patches().find(MemorySegment.ofArray(pixels), 1)[0] >= 0 ? 1 : 0;
    }
    return count;
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
