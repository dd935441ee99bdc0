package dev.unerring.suite;

import dev.unerring.backend.Backend;
import dev.unerring.backend.CpuBackend;
import dev.unerring.base.Json;
import dev.unerring.base.Sha256;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code make correction-study}: every corrector and continued plain training from the same
 * networks, over sets, seeds and numbers of errors left. A cell is bounded in steps; each finished
 * one is a line of study.jsonl, and is not computed again by the same program. The tables of
 * docs/correction.md are written from these lines.
 */
public final class CorrectionStudy {
  /** Who corrects; plain is continued training with batch statistics. */
  static final List<String> CORRECTORS = List.of("plain", "focus", "tunneling", "patch", "auto");

  private final Path folder;
  private final String program;
  private final int seeds;
  private final int threads;
  private final PrintStream out;

  /**
   * Prepares the study.
   *
   * @param jar whose bytes are the program's version
   * @param folder for made sets, starting networks and study.jsonl
   */
  CorrectionStudy(Path jar, Path folder, int seeds, int threads, PrintStream out) {
    this.folder = folder;
    this.program = Sha256.hexOfFile(jar).substring(0, 16);
    this.seeds = seeds;
    this.threads = threads;
    this.out = out;
  }

  /** Arguments: jar, folder, document, folder of published sets, number of seeds, names of sets. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[1]);
    int seeds = Integer.parseInt(arguments[4]);
    List<String> names = List.of(arguments).subList(5, arguments.length);
    if (!StudySet.NAMES.containsAll(names) || seeds < 1) {
      System.err.println("SETS are among " + StudySet.NAMES + ", SEEDS is at least 1");
      System.exit(2);
    }
    int threads = Runtime.getRuntime().availableProcessors();
    CorrectionStudy study =
        new CorrectionStudy(Path.of(arguments[0]), folder, seeds, threads, System.out);
    Files.createDirectories(folder);
    for (String name : names.isEmpty() ? StudySet.NAMES : names) {
      study.run(StudySet.prepare(name, Path.of(arguments[3]), folder));
    }
    StudyTables.write(Path.of(arguments[2]), study.records());
  }

  /** Measures what is missing of one set. */
  void run(StudySet set) throws IOException {
    List<Map<String, Object>> done = records();
    try (Dataset data = Dataset.open(set.file())) {
      LabelAudit audit = new LabelAudit(data);
      Labels goals = Labels.of(data.task(), audit.goalLabels(), data.train().labelCount());
      for (int seed = 0; seed < seeds; seed++) {
        for (String level : StudyStarts.LEVELS) {
          for (String corrector : CORRECTORS) {
            Map<String, Object> key = key(set.name(), seed, level, corrector);
            if (done.stream().noneMatch(record -> record.entrySet().containsAll(key.entrySet()))) {
              append(measured(set, data, goals, key));
            }
          }
        }
      }
    }
  }

  private Map<String, Object> key(String set, int seed, String level, String corrector) {
    Map<String, Object> key = new LinkedHashMap<>();
    key.put("program", program);
    key.put("set", set);
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
    try (Backend backend = CpuBackend.open("auto", threads)) {
      Path starts = folder.resolve("starts-" + program);
      Network network =
          new StudyStarts(set, data, goals, backend, starts)
              .network(seed, (String) key.get("start"));
      Map<String, Object> record = new LinkedHashMap<>(key);
      record.put("trainSamples", (long) data.train().size());
      record.put("errorsBefore", (long) misses(network, data, goals));
      Metrics before = validation(network, data);
      Samples taken = new Samples();
      long start = System.nanoTime();
      String endedBy = corrected(corrector, set, data, goals, seed, taken, network);
      record.put("seconds", Math.rint((System.nanoTime() - start) / 1e7) / 100);
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
    TrainingPlan chosen =
        new TrainingPlan(
            plan.architecture(),
            plan.seed(),
            plan.epochs(),
            plan.batchSize(),
            plan.learningRate(),
            plan.weightDecay(),
            plan.batchNormMomentum(),
            0,
            true,
            set.correction().with(Method.parse(corrector, "corrector")));
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

  private Path file() {
    return folder.resolve("study.jsonl");
  }

  /** The cells of this program, in the order they were measured; a line cut off is left out. */
  @SuppressWarnings("unchecked") // what append has written
  List<Map<String, Object>> records() throws IOException {
    List<Map<String, Object>> records = new ArrayList<>();
    if (!Files.exists(file())) {
      return records;
    }
    String text = Files.readString(file(), StandardCharsets.UTF_8);
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      Map<String, Object> record = (Map<String, Object>) Json.parse(line);
      if (program.equals(record.get("program"))) {
        records.add(record);
      }
    }
    return records;
  }

  private void append(Map<String, Object> record) throws IOException {
    String text = Files.exists(file()) ? Files.readString(file(), StandardCharsets.UTF_8) : "";
    if (!text.isEmpty() && !text.endsWith("\n")) { // a line cut off by an end in its middle
      Files.writeString(file(), text.substring(0, text.lastIndexOf('\n') + 1));
    }
    Files.writeString(
        file(),
        Json.canonical(record) + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    out.printf(
        Locale.ROOT,
        "%-28s seed %s  %-3s %-10s %5s -> %-5s errors %8.2f passes %8.2f s%n",
        record.get("set"),
        record.get("seed"),
        record.get("start"),
        record.get("corrector"),
        record.get("errorsBefore"),
        record.get("errorsAfter"),
        ((Number) record.get("passes")).doubleValue(),
        ((Number) record.get("seconds")).doubleValue());
  }
}
